package verify

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
)

const openingFileMax = record.TileWidth * record.OpeningMax

// opened is the ballots that were opened, added up by channel.
type opened struct {
	// done says which entries have an opening, right or wrong.
	done    []bool
	ballots [3]int64
	totals  [3]counting.Totals
	lock    sync.Mutex
}

// opensOnline tells whether online entries must be opened.
func (v *run) opensOnline() bool { return v.manifest.Disclosed || v.Openings != "" }

// isDue tells whether an entry must be opened after the count.
func (v *run) isDue(channel byte) bool {
	return channel == record.Batch || channel == record.Online && v.opensOnline()
}

// readOpenings is step 15.
func (v *run) readOpenings() {
	if v.entries == nil {
		return
	}
	if !v.opensOnline() && v.entries.count(record.Online) > 0 {
		v.report.note("online-contents-not-verified")
	}
	open := &opened{done: make([]bool, len(v.entries.channels))}
	for channel := range open.totals {
		open.totals[channel] = counting.NewTotals(v.manifest.Contests)
	}
	readable := v.readPublished(open)
	if v.Openings != "" {
		readable = v.readAuditor(open) && readable
	}
	if !readable {
		return
	}
	v.findUnopened(open)
	if outcome := v.report.outcomeOf(15); outcome != failed && outcome != missing {
		v.opened = open
	}
}

// readPublished reads the openings of each bundle in which an entry must be opened.
func (v *run) readPublished(open *opened) bool {
	var unread atomic.Int64
	places := record.TilesOf(0, v.checkpoint.Size)
	each(len(places), func(i int) {
		first := places[i].Index * record.TileWidth
		end := first + int64(places[i].Width)
		if !slices.ContainsFunc(v.entries.channels[first:end], v.isDue) {
			return
		}
		text, err := v.files.Read("opening/"+record.IndexPath(places[i].Index), openingFileMax)
		switch {
		case errors.Is(err, source.ErrAbsent):
		case err != nil && !errors.Is(err, source.ErrTooLarge):
			v.report.unreadable(err)
			unread.Add(1)
		default:
			v.judgeOpenings(open, bytes.NewReader(text), first, end)
		}
	})
	return unread.Load() == 0
}

func (v *run) readAuditor(open *opened) bool {
	file, err := os.Open(v.Openings)
	if err != nil {
		v.report.unreadable(err)
		return false
	}
	defer file.Close()
	v.judgeOpenings(open, bufio.NewReader(file), 0, int64(len(open.done)))
	return true
}

// judgeOpenings reads openings of the entries from `first` up to `end`, in ascending order.
func (v *run) judgeOpenings(open *opened, from io.Reader, first, end int64) {
	least := first
	for {
		opening, err := record.NextOpening(from)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			v.report.fail(15, "opening", "an opening is cut short")
			return
		}
		index := opening.Index
		if index < least || index >= end || !v.isDue(v.entries.channels[index]) {
			v.report.fail(15, "opening", fmt.Sprintf("entry %d is not to be opened here", index))
		} else if !open.done[index] {
			open.done[index] = true
			v.judgeOpening(open, opening)
		}
		least = max(least, index+1)
	}
}

func (v *run) judgeOpening(open *opened, opening record.Opening) {
	channel := v.entries.channels[opening.Index]
	if record.Commitment(v.manifest.M, opening.Tracker, opening.Ballot) != v.entries.contents[opening.Index] ||
		channel == record.Batch && record.BatchTag(v.manifest.M, opening.Tracker) != v.entries.tags[opening.Index] {
		v.report.fail(15, "opening", fmt.Sprintf("entry %d is of another ballot", opening.Index))
		return
	}
	choices, err := counting.ReadBallot(v.manifest.Contests, opening.Ballot)
	if err != nil {
		v.report.fail(15, "opening-ballot", fmt.Sprintf("entry %d: %v", opening.Index, err))
		return
	}
	open.lock.Lock()
	defer open.lock.Unlock()
	open.ballots[channel]++
	open.totals[channel].Add(choices)
}

// findUnopened looks for entries that lack an opening. Before the results they are awaited.
func (v *run) findUnopened(open *opened) {
	due := false
	for index, done := range open.done {
		isDue := v.isDue(v.entries.channels[index])
		due = due || isDue
		switch {
		case done || !isDue:
		case v.documents["results.json"].exists:
			v.report.fail(15, "opening-missing", fmt.Sprintf("entry %d is not opened", index))
			return
		default:
			v.report.await(15, "openings")
			return
		}
	}
	if due {
		v.report.pass(15)
	}
}
