package verify

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"

	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
)

// repeatedMax is the largest file of repeated ballots, in bytes: those of a million.
const repeatedMax = 1_000_000 * record.EntrySize

// errNotRepeated says that ballots which the closing calls repeated are not shown to be such.
var errNotRepeated = errors.New("the ballots that are called repeated are not shown to be such")

func notRepeated(format string, values ...any) error {
	return fmt.Errorf("%w: %s", errNotRepeated, fmt.Sprintf(format, values...))
}

// readRepeated is the part of step 13 about the file of repeated ballots. It gives their leaves. The error is errNotRepeated,
// or another where the file cannot be read.
func (v *run) readRepeated() (map[tlog.Hash]bool, error) {
	closing := v.closing
	switch {
	case closing.Repeated == 0 && closing.RepeatedHash == nil:
		return nil, nil
	case closing.Repeated == 0:
		return nil, notRepeated("the closing names a file of none")
	case closing.RepeatedHash == nil:
		return nil, notRepeated("the closing names no file of their entries")
	}
	text, err := v.files.Read("repeated", repeatedMax)
	switch {
	case errors.Is(err, source.ErrAbsent) || errors.Is(err, source.ErrTooLarge):
		return nil, notRepeated("%v", err)
	case err != nil:
		return nil, err
	}
	if hash := sha256.Sum256(text); !bytes.Equal(hash[:], closing.RepeatedHash) {
		return nil, notRepeated("the file is another one than the closing names")
	}
	if len(text)%record.EntrySize != 0 || int64(len(text)/record.EntrySize) != closing.Repeated {
		return nil, notRepeated("the file has %d bytes, for %d ballots", len(text), closing.Repeated)
	}
	return v.judgeRepeated(text)
}

// judgeRepeated judges each entry of the file.
func (v *run) judgeRepeated(text []byte) (map[tlog.Hash]bool, error) {
	list := make([]record.Entry, len(text)/record.EntrySize)
	leaves, tags := map[tlog.Hash]bool{}, map[[32]byte]bool{}
	for i := range list {
		list[i] = record.Entry(text[i*record.EntrySize : (i+1)*record.EntrySize])
		if i > 0 && bytes.Compare(list[i-1], list[i]) >= 0 {
			return nil, notRepeated("entry %d is not in the order of the file", i)
		}
		if list[i].Version() != 2 || list[i].Kind() != 0 || list[i].Channel() != record.Online {
			return nil, notRepeated("entry %d is of no plain online ballot", i)
		}
		leaves[list[i].Leaf()] = true
		tags[list[i].CastTag()] = true
	}
	for _, leaf := range v.tree.Leaves() {
		if leaves[leaf] {
			return nil, notRepeated("one of them is in the log")
		}
	}
	for _, tag := range v.entries.tags {
		delete(tags, tag)
	}
	if len(tags) > 0 {
		return nil, notRepeated("no entry of the log has the cast tag of one of them")
	}
	signer := record.NewEntrySigner(v.manifest.Origin())
	var unsigned atomic.Int64
	each(len(list), func(i int) {
		if !signer.Verify(v.manifest.Receipts.X, list[i]) {
			unsigned.Add(1)
		}
	})
	if unsigned.Load() > 0 {
		return nil, notRepeated("%d are not signed by the ballot server", unsigned.Load())
	}
	return leaves, nil
}
