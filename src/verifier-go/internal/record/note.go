package record

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// CheckpointMax is the longest checkpoint, in bytes.
const CheckpointMax = 65_536

// EntriesMax is the most entries of a log: its size has 32 bits.
const EntriesMax = 1<<32 - 1

const (
	algorithmEd25519     = 1
	algorithmCosignature = 4
)

// Checkpoint is the size and root of a log, signed by it (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash

	text       string
	signatures []note.Signature
}

var (
	// ErrCheckpointForm says that a text is no checkpoint of this log.
	ErrCheckpointForm = errors.New("no checkpoint of this log")
	// ErrCheckpointSignature says that the log did not sign it.
	ErrCheckpointSignature = errors.New("the signature of the log does not verify")
)

// OriginOf is the first line of a checkpoint.
func OriginOf(text []byte) string {
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// OpenCheckpoint reads a checkpoint and verifies the signature of the log, whose name is the origin.
func OpenCheckpoint(text []byte, origin string, key ed25519.PublicKey) (*Checkpoint, error) {
	if len(text) > CheckpointMax || !hasStrictSignatures(string(text)) {
		return nil, ErrCheckpointForm
	}
	body, _, _ := cutLast(string(text), "\n\n")
	checkpoint, err := parseCheckpoint(body + "\n")
	if err != nil || checkpoint.Origin != origin {
		return nil, ErrCheckpointForm
	}
	// Without a key the package reads the form alone. As with witnesses, one signature that verifies is enough.
	_, err = note.Open(text, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return nil, ErrCheckpointForm
	}
	checkpoint.signatures = unverified.Note.UnverifiedSigs
	if !checkpoint.isSignedBy(origin, key) {
		return nil, ErrCheckpointSignature
	}
	return checkpoint, nil
}

func parseCheckpoint(text string) (*Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return nil, ErrCheckpointForm
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > EntriesMax || strconv.FormatInt(size, 10) != lines[1] {
		return nil, ErrCheckpointForm
	}
	root, ok := strictBase64(lines[2])
	if !ok || len(root) != tlog.HashSize {
		return nil, ErrCheckpointForm
	}
	return &Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root), text: text}, nil
}

// strictBase64 decodes standard base64. Each value has one text.
func strictBase64(text string) ([]byte, bool) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	return bytes, err == nil && base64.StdEncoding.EncodeToString(bytes) == text
}

// hasStrictSignatures refuses what the note package lets pass: base64 with unused bits.
func hasStrictSignatures(text string) bool {
	_, signatures, ok := cutLast(text, "\n\n")
	if !ok {
		return false
	}
	for _, line := range strings.Split(strings.TrimSuffix(signatures, "\n"), "\n") {
		if _, ok := strictBase64(line[strings.LastIndexByte(line, ' ')+1:]); !ok {
			return false
		}
	}
	return true
}

func cutLast(text, separator string) (before, after string, ok bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

func keyHash(name string, algorithm byte, key []byte) uint32 {
	hash := sha256.Sum256(append(append([]byte(name+"\n"), algorithm), key...))
	return binary.BigEndian.Uint32(hash[:4])
}

// isSignedBy tells whether the log signed the text under its name.
func (c *Checkpoint) isSignedBy(name string, key ed25519.PublicKey) bool {
	hash := keyHash(name, algorithmEd25519, key)
	for _, signature := range c.signatures {
		if signature.Name != name || signature.Hash != hash {
			continue
		}
		bytes, ok := strictBase64(signature.Base64)
		if ok && len(bytes) == 4+ed25519.SignatureSize && ed25519.Verify(key, []byte(c.text), bytes[4:]) {
			return true
		}
	}
	return false
}

// Witness signs only trees that grow (C2SP tlog-cosignature).
type Witness struct {
	Name string
	Key  ed25519.PublicKey
	hash uint32
}

// nameMax is the longest name of a witness, in characters.
const nameMax = 255

// ParseWitness reads "name+hash+key", the key being base64 of 0x04 and 32 bytes.
func ParseWitness(text string) (Witness, error) {
	name, rest, _ := strings.Cut(text, "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	key, ok := strictBase64(encoded)
	if length := utf8.RuneCountInString(name); length == 0 || length > nameMax || strings.ContainsFunc(name, unicode.IsSpace) || !ok || len(key) != 33 || key[0] != algorithmCosignature {
		return Witness{}, errors.New("no key of a witness")
	}
	witness := Witness{name, key[1:], keyHash(name, algorithmCosignature, key[1:])}
	if !IsKey(witness.Key) || hash != fmt.Sprintf("%08x", witness.hash) {
		return Witness{}, errors.New("no key of a witness")
	}
	return witness, nil
}

// CosignedBy tells whether a witness signed this checkpoint at a moment before `latest`, in seconds since 1970.
func (c *Checkpoint) CosignedBy(witness Witness, latest uint64) bool {
	for _, cosignature := range c.signatures {
		if cosignature.Name != witness.Name || cosignature.Hash != witness.hash {
			continue
		}
		bytes, ok := strictBase64(cosignature.Base64)
		if !ok || len(bytes) != 4+8+ed25519.SignatureSize {
			continue
		}
		moment := binary.BigEndian.Uint64(bytes[4:12])
		message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", moment, c.text)
		if moment <= latest && ed25519.Verify(witness.Key, []byte(message), bytes[12:]) {
			return true
		}
	}
	return false
}

// Cosigners is the number of distinct witnesses that signed.
func (c *Checkpoint) Cosigners(witnesses []Witness, latest uint64) int {
	signers := map[string]bool{}
	for _, witness := range witnesses {
		if c.CosignedBy(witness, latest) {
			signers[string(witness.Key)] = true
		}
	}
	return len(signers)
}
