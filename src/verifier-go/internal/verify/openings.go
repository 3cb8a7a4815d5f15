package verify

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
)

const openingFileMax = record.TileWidth * record.OpeningMax

// opened is the ballots that were opened, added up by channel.
type opened struct {
	// sources says by which source an entry was opened: 0 by none.
	sources []byte
	ballots [3]int64
	totals  [3]counting.Totals
	lock    sync.Mutex
}

const (
	published byte = 1
	auditor   byte = 2
)

func (v *run) opensAny() bool {
	return v.manifest.Disclosed || v.Openings != "" || v.manifest.Admits("batches")
}

// isRequired tells whether an entry must be opened after the count.
func (v *run) isRequired(channel byte) bool {
	return channel == record.Batch || channel == record.Online && v.manifest.Disclosed
}

// readOpenings is step 15.
func (v *run) readOpenings() {
	if v.entries == nil {
		return
	}
	open := &opened{sources: make([]byte, len(v.entries.channels))}
	for channel := range open.totals {
		open.totals[channel] = counting.NewTotals(v.manifest.Contests)
	}
	required := v.entries.count(record.Batch)
	if v.manifest.Disclosed {
		required += v.entries.count(record.Online)
	}
	readable := true
	if required > 0 {
		readable = v.readPublished(open)
	}
	if v.Openings != "" {
		readable = v.readAuditor(open) && readable
	}
	if required > 0 || v.Openings != "" {
		if awaited := v.findUnopened(open); readable && !awaited {
			v.report.pass(15)
		}
	}
	if v.Openings == "" && !v.manifest.Disclosed && v.entries.count(record.Online) > 0 {
		v.report.note("online-contents-not-verified")
	}
	if readable && v.report.outcomeOf(15) != failed && v.report.outcomeOf(15) != missing {
		v.opened = open
	}
}

func (v *run) readPublished(open *opened) bool {
	readable := true
	places := record.TilesOf(0, v.checkpoint.Size)
	each(len(places), func(i int) {
		text, err := v.files.Read("opening/"+record.IndexPath(places[i].Index), openingFileMax)
		switch {
		case errors.Is(err, source.ErrAbsent):
		case errors.Is(err, source.ErrTooLarge):
			v.report.fail(15, "opening", err.Error())
		case err != nil:
			v.report.unreadable(err)
			open.lock.Lock()
			readable = false
			open.lock.Unlock()
		default:
			v.judgeOpenings(open, bytes.NewReader(text), published)
		}
	})
	return readable
}

func (v *run) readAuditor(open *opened) bool {
	file, err := os.Open(v.Openings)
	if err != nil {
		v.report.unreadable(err)
		return false
	}
	defer file.Close()
	v.judgeOpenings(open, bufio.NewReader(file), auditor)
	return true
}

func (v *run) judgeOpenings(open *opened, from io.Reader, by byte) {
	for {
		opening, err := record.NextOpening(from)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			v.report.fail(15, "opening", "an opening is cut short")
			return
		}
		v.judgeOpening(open, opening, by)
	}
}

func (v *run) judgeOpening(open *opened, opening record.Opening, by byte) {
	if opening.Index >= int64(len(open.sources)) {
		v.report.fail(15, "opening", fmt.Sprintf("there is no entry %d", opening.Index))
		return
	}
	open.lock.Lock()
	before := open.sources[opening.Index]
	if before == 0 {
		open.sources[opening.Index] = by
	}
	open.lock.Unlock()
	if before != 0 {
		if before == by {
			v.report.fail(15, "opening", fmt.Sprintf("entry %d is opened twice", opening.Index))
		}
		return
	}
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
	if channel != record.Online && channel != record.Batch {
		return
	}
	open.lock.Lock()
	defer open.lock.Unlock()
	open.ballots[channel]++
	open.totals[channel].Add(choices)
}

// findUnopened looks for entries that lack an opening. Before the results they are awaited, which it tells.
func (v *run) findUnopened(open *opened) (awaited bool) {
	for index, by := range open.sources {
		channel := v.entries.channels[index]
		if by != 0 {
			continue
		}
		switch {
		case v.isRequired(channel) && !v.resultsPublished:
			v.report.await(15, "openings")
			awaited = true
		case v.isRequired(channel), channel == record.Online && v.Openings != "":
			v.report.fail(15, "opening-missing", fmt.Sprintf("entry %d is not opened", index))
			return awaited
		}
	}
	return awaited
}
