package verify

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
)

const (
	framedSize = 2 + record.EntrySize
	// bundleMax is the largest bundle that can have entries of another length, in bytes.
	bundleMax = record.TileWidth * (2 + 1<<16)
)

// entries keeps of each entry what later steps need, by its index.
type entries struct {
	tags     [][32]byte
	channels []byte
	// contents is nil where nothing is opened.
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
	read := &entries{tags: make([][32]byte, size), channels: make([]byte, size)}
	if v.opensAny() {
		read.contents = make([][32]byte, size)
	}
	places := record.TilesOf(0, size)
	signer := record.NewEntrySigner(v.manifest.Origin())
	var unread atomic.Int64
	each(len(places), func(i int) {
		list, ok := v.readBundle(places[i])
		if !ok {
			unread.Add(1)
		}
		for at, entry := range list {
			index := places[i].Index*record.TileWidth + int64(at)
			if entry.Leaf() != v.tree.Levels[0][index] {
				v.report.fail(7, "entry-leaf", fmt.Sprintf("entry %d is not the one in the tree", index))
				unread.Add(1)
				continue
			}
			v.judgeEntry(signer, entry, index)
			read.tags[index], read.channels[index] = entry.CastTag(), entry.Channel()
			if read.contents != nil {
				read.contents[index] = entry.Content()
			}
		}
	})
	if unread.Load() > 0 {
		return
	}
	v.findRepeated(read.tags)
	for step := 7; step <= 10; step++ {
		v.report.pass(step)
	}
	v.entries = read
}

// readBundle is the entries of one bundle, none where its form is wrong.
func (v *run) readBundle(place record.TilePlace) ([]record.Entry, bool) {
	text, full, err := v.readPlace("tile/entries", place, bundleMax)
	if errors.Is(err, source.ErrTooLarge) {
		v.report.fail(7, "entry-form", fmt.Sprintf("bundle %d is too large", place.Index))
		return nil, false
	}
	if err != nil && !errors.Is(err, source.ErrAbsent) {
		v.report.unreadable(err)
		return nil, false
	}
	width := place.Width
	if full {
		width = record.TileWidth
	}
	list := make([]record.Entry, 0, width)
	for len(text) > 0 {
		if len(text) < framedSize || binary.BigEndian.Uint16(text) != record.EntrySize {
			v.report.fail(7, "entry-form", fmt.Sprintf("bundle %d has an entry of another length", place.Index))
			return nil, false
		}
		list = append(list, record.Entry(text[2:framedSize]))
		text = text[framedSize:]
	}
	if len(list) != width {
		v.report.fail(7, "entry-count", fmt.Sprintf("bundle %d has %d entries, not %d", place.Index, len(list), width))
		return nil, false
	}
	return list[:place.Width], true
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

// findRepeated is step 10.
func (v *run) findRepeated(tags [][32]byte) {
	sorted := slices.Clone(tags)
	slices.SortFunc(sorted, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			first := slices.Index(tags, sorted[i])
			v.report.fail(10, "cast-tag-repeated", fmt.Sprintf("the cast of entry %d is in the log again", first))
			return
		}
	}
}
