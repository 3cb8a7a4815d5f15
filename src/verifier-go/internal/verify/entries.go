package verify

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"

	"popvote-verify-go/internal/record"
)

const (
	framedSize = 2 + record.EntrySize
	// bundleMax is the largest bundle, in bytes.
	bundleMax = record.TileWidth * framedSize
)

// entries keeps of each entry what later steps need, by its index.
type entries struct {
	tags     [][32]byte
	channels []byte
	// contents are of every entry, since also one that came by a channel that is not admitted may be opened.
	contents [][32]byte
}

func (e *entries) count(channel byte) int64 {
	return int64(bytes.Count(e.channels, []byte{channel}))
}

// readEntries is steps 7 to 10. An entry that is not in the tree is not judged any further.
func (v *run) readEntries() {
	if v.tree == nil {
		return
	}
	size := v.checkpoint.Size
	read := &entries{make([][32]byte, size), make([]byte, size), make([][32]byte, size)}
	judged := make([]bool, size)
	places := record.TilesOf(0, size)
	signer := record.NewEntrySigner(v.manifest.Origin())
	var unread atomic.Int64
	each(len(places), func(i int) {
		list, err := v.readBundle(places[i])
		if err != nil {
			v.report.unreadable(err)
			unread.Add(1)
		}
		for at, entry := range list {
			index := places[i].Index*record.TileWidth + int64(at)
			if entry.Leaf() != v.tree.Levels[0][index] {
				v.report.fail(7, "entry-leaf", fmt.Sprintf("entry %d is not the one in the tree", index))
				continue
			}
			v.judgeEntry(signer, entry, index)
			judged[index] = true
			read.tags[index], read.channels[index] = entry.CastTag(), entry.Channel()
			read.contents[index] = entry.Content()
		}
	})
	v.findRepeated(read.tags, judged)
	if unread.Load() > 0 {
		return
	}
	// Of an incomplete log only failures are known.
	if v.report.pass(7); !v.report.has(7) {
		return
	}
	for step := 8; step <= 10; step++ {
		v.report.pass(step)
	}
	v.entries = read
}

// readBundle is the entries of one bundle up to its first fault, which is reported.
func (v *run) readBundle(place record.TilePlace) ([]record.Entry, error) {
	text, full, err := v.readPlace("tile/entries", place, bundleMax)
	if err != nil && !isOfWrongForm(err) {
		return nil, err
	}
	width := place.Width
	if full {
		width = record.TileWidth
	}
	list, reason := parseBundle(text, width)
	if reason != "" {
		v.report.fail(7, reason, fmt.Sprintf("bundle %d has %d entries before its fault, of %d", place.Index, len(list), width))
	}
	return list[:min(place.Width, len(list))], nil
}

// parseBundle reads the entries up to the first fault, and gives its reason.
func parseBundle(text []byte, width int) (list []record.Entry, reason string) {
	for len(list) < width {
		if len(text) < framedSize-record.EntrySize {
			return list, "entry-count"
		}
		if binary.BigEndian.Uint16(text) != record.EntrySize {
			return list, "entry-form"
		}
		if len(text) < framedSize {
			return list, "entry-count"
		}
		list = append(list, record.Entry(text[framedSize-record.EntrySize:framedSize]))
		text = text[framedSize:]
	}
	if len(text) > 0 {
		return list, "entry-count"
	}
	return list, ""
}

// judgeEntry is steps 8 and 9 for one entry.
func (v *run) judgeEntry(signer record.EntrySigner, entry record.Entry, index int64) {
	if entry.Version() != 2 || entry.Kind() != 0 {
		v.report.fail(8, "entry-kind", fmt.Sprintf("entry %d has version %d and kind %d", index, entry.Version(), entry.Kind()))
	}
	var key record.Key
	var admitted bool
	switch entry.Channel() {
	case record.Online:
		key, admitted = v.manifest.Receipts, v.manifest.Admits("online")
	case record.Batch:
		key, admitted = v.manifest.Deposits, v.manifest.Admits("batches")
	}
	if !admitted {
		v.report.fail(8, "channel-not-admitted", fmt.Sprintf("entry %d came by channel %d", index, entry.Channel()))
	}
	if key.X != nil && !signer.Verify(key.X, entry) {
		v.report.fail(9, "entry-signature", fmt.Sprintf("entry %d", index))
	}
}

// findRepeated is step 10, for the entries that were judged.
func (v *run) findRepeated(tags [][32]byte, judged []bool) {
	sorted := make([][32]byte, 0, len(tags))
	for index, tag := range tags {
		if judged[index] {
			sorted = append(sorted, tag)
		}
	}
	slices.SortFunc(sorted, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			first := slices.Index(tags, sorted[i])
			v.report.fail(10, "cast-tag-repeated", fmt.Sprintf("the cast of entry %d is in the log again", first))
			return
		}
	}
}
