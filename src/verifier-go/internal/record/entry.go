package record

import (
	"crypto/ed25519"
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// EntrySize is the length of an entry in bytes.
const EntrySize = 131

const signedSize = 67

// Channels of an entry.
const (
	Online byte = 1
	Batch  byte = 2
)

// Entry is one ballot in the log: u8 2 | u8 kind | u8 channel | castTag 32 | content 32 | signature 64.
type Entry []byte

// Version, kind and channel of the entry.
func (e Entry) Version() byte { return e[0] }
func (e Entry) Kind() byte    { return e[1] }
func (e Entry) Channel() byte { return e[2] }

// CastTag names the cast in public.
func (e Entry) CastTag() [32]byte { return [32]byte(e[3:35]) }

// Content commits to the ballot.
func (e Entry) Content() [32]byte { return [32]byte(e[35:67]) }

// Leaf is H(0x00 | entry), RFC 6962.
func (e Entry) Leaf() tlog.Hash { return tlog.RecordHash(e) }

// EntrySigner verifies the entries of one log.
type EntrySigner struct{ prefix []byte }

// NewEntrySigner is for entries of the log with this origin.
func NewEntrySigner(origin string) EntrySigner {
	hash := sha256.Sum256([]byte(origin))
	return EntrySigner{append([]byte("popvote/receipt/v2\x00"), hash[:]...)}
}

// Verify checks the signature of an entry: Ed25519 over "popvote/receipt/v2\0" | H(origin) | its first 67 bytes.
func (s EntrySigner) Verify(key ed25519.PublicKey, entry Entry) bool {
	message := make([]byte, 0, len(s.prefix)+signedSize)
	message = append(append(message, s.prefix...), entry[:signedSize]...)
	return ed25519.Verify(key, message, entry[signedSize:])
}

// Commitment is the content of a plain ballot: H("popvote/commitment/v2\0" | M | tracker | H(ballot text)).
func Commitment(m [32]byte, tracker [32]byte, ballot []byte) [32]byte {
	hash := sha256.Sum256(ballot)
	return hashOf("popvote/commitment/v2\x00", m, tracker, hash)
}

// BatchTag is the cast tag of a paper ballot: H("popvote/batch-tag/v2\0" | M | tracker).
func BatchTag(m [32]byte, tracker [32]byte) [32]byte {
	return hashOf("popvote/batch-tag/v2\x00", m, tracker)
}

func hashOf(prefix string, parts ...[32]byte) [32]byte {
	message := []byte(prefix)
	for _, part := range parts {
		message = append(message, part[:]...)
	}
	return sha256.Sum256(message)
}
