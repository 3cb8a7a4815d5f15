package record

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"regexp"

	"golang.org/x/mod/sumdb/tlog"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/strictjson"
)

// countMax is the largest number of ballots, rows or people in a document.
const countMax = 1<<40 - 1

// Receipt, version 2, is what a voter keeps.
type Receipt struct {
	electionID string
	origin     string
	kid        string
	entry      Entry
}

// ParseReceipt reads a receipt without verifying it: as it is, or as the one member of the file that a voter saves.
func ParseReceipt(text []byte) (*Receipt, error) {
	value, err := strictjson.Parse(text)
	if err != nil {
		return nil, err
	}
	if file, isObject := value.(strictjson.Object); isObject && len(file) == 1 {
		if inner, has := file["receipt"]; has {
			value = inner
		}
	}
	receipt := &Receipt{}
	err = strictjson.Decode(value, func(r strictjson.Reader) {
		r.Object("version", "electionId", "origin", "kind", "castTag", "content", "signature", "kid")
		r.Field("version").Int(2, 2)
		receipt.electionID = r.Field("electionId").Match(electionIDForm)
		receipt.origin = r.Field("origin").Text(1, 1_000)
		receipt.kid = r.Field("kid").Match(kidForm)
		receipt.entry = Entry{2, byte(r.Field("kind").Int(0, 2)), Online}
		receipt.entry = append(receipt.entry, r.Field("castTag").Bytes(32)...)
		receipt.entry = append(receipt.entry, r.Field("content").Bytes(32)...)
		receipt.entry = append(receipt.entry, r.Field("signature").Bytes(ed25519.SignatureSize)...)
	})
	return receipt, err
}

// Verify checks that the receipt is of this election, and its signature.
func (r *Receipt) Verify(m *Manifest) error {
	if r.electionID != m.ElectionID || r.origin != m.Origin() || r.kid != m.Receipts.Kid {
		return errors.New("the receipt is of another election or key")
	}
	if !NewEntrySigner(r.origin).Verify(m.Receipts.X, r.entry) {
		return errors.New("the signature does not verify")
	}
	return nil
}

// Leaf of the entry for which the receipt was given.
func (r *Receipt) Leaf() tlog.Hash { return r.entry.Leaf() }

// PaperBatch is a file of paper ballots in the closing document.
type PaperBatch struct {
	ID                              string
	Rows, Counted, Invalid, Missing int64
}

// Closing is what the publisher says of the final log.
type Closing struct {
	Origin                       string
	Size                         int64
	Root                         tlog.Hash
	Online, Batch, Participation int64
	// Repeated online ballots have the cast tag of an entry, and no entry.
	Repeated int64
	// RepeatedHash is the hash of the file with their entries; nil without one.
	RepeatedHash []byte
	Batches      []PaperBatch
	// Withdrawn options, while voting was open.
	Withdrawn []counting.OptionName
}

// batchesMax is the most files of paper ballots of an election.
const batchesMax = 100_000

// withdrawalsMax is the most options of an election.
const withdrawalsMax = 16_000

var batchIDForm = regexp.MustCompile(`^[!-~]{1,128}$`)

// ReadClosing reads the body of a signed closing document.
func ReadClosing(body any) (*Closing, error) {
	closing := &Closing{}
	err := strictjson.Decode(body, func(r strictjson.Reader) {
		r.Object("version", "origin", "size", "root", "online", "batch", "repeated", "participation", "participants", "closedAt", "batches", "withdrawn", "repeatedHash")
		r.Field("version").Int(1, 1)
		closing.Origin = r.Field("origin").Text(1, 1_000)
		closing.Size = r.Field("size").Int(0, countMax)
		closing.Root = tlog.Hash(r.Field("root").Bytes(tlog.HashSize))
		closing.Online = r.Field("online").Int(0, countMax)
		closing.Batch = r.Field("batch").Int(0, countMax)
		closing.Repeated = r.Field("repeated").Int(0, countMax)
		if hash, ok := r.Optional("repeatedHash"); ok && !hash.IsNull() {
			closing.RepeatedHash = hash.Bytes(sha256.Size)
		}
		closing.Participation = r.Field("participation").Int(0, countMax)
		r.Field("participants").Bytes(32)
		r.Field("closedAt").Match(counting.InstantForm)
		for _, item := range r.Field("batches").List(0, batchesMax) {
			item.Object("batchId", "rows", "counted", "invalid", "missing")
			closing.Batches = append(closing.Batches, PaperBatch{
				item.Field("batchId").Match(batchIDForm),
				item.Field("rows").Int(0, countMax),
				item.Field("counted").Int(0, countMax),
				item.Field("invalid").Int(0, countMax),
				item.Field("missing").Int(0, countMax),
			})
		}
		for _, item := range r.Field("withdrawn").List(0, withdrawalsMax) {
			item.Object("contestId", "optionId", "withdrawnAt")
			item.Field("withdrawnAt").Match(counting.InstantForm)
			closing.Withdrawn = append(closing.Withdrawn, counting.ReadOptionName(item))
		}
	})
	return closing, err
}

// Opening shows the ballot that one entry commits to.
type Opening struct {
	Index   int64
	Tracker [32]byte
	Ballot  []byte
}

const openingHead = 4 + 32 + 2

// OpeningMax is the longest opening, in bytes.
const OpeningMax = openingHead + 1<<16 - 1

// NextOpening reads u32 index | tracker 32 | u16 length | ballot text. The error is io.EOF after the last one, and another
// where an opening is cut short.
func NextOpening(from io.Reader) (opening Opening, err error) {
	var head [openingHead]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return opening, err
	}
	opening.Index = int64(binary.BigEndian.Uint32(head[:4]))
	opening.Tracker = [32]byte(head[4:36])
	opening.Ballot = make([]byte, binary.BigEndian.Uint16(head[36:]))
	if _, err := io.ReadFull(from, opening.Ballot); err != nil {
		return opening, io.ErrUnexpectedEOF
	}
	return opening, nil
}
