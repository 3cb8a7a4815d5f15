// Package verify carries out the steps of the specification for one election and reports what it found.
package verify

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
)

// Options of a run: the arguments of the program.
type Options struct {
	URL        string
	ElectionID string
	// From is a folder to read in place of the server.
	From string
	// M is the anchor: the hash of the manifest that the caller knows from elsewhere.
	M *[32]byte
	// Publisher is a key that the caller knows from elsewhere; nil without one.
	Publisher []byte
	// ReceiptsKey, DepositsKey and LogKey are others of the manifest; nil where the caller does not know them.
	ReceiptsKey, DepositsKey, LogKey []byte
	// Checkpoints is a folder of saved checkpoints.
	Checkpoints string
	// Receipts are files.
	Receipts []string
	// Openings is a file of openings of online ballots, for auditors.
	Openings string
	// Copy is a folder into which each file of the record is written as it is read; empty without one.
	Copy string
	Now  time.Time
}

// documents in the order in which they are read. The checkpoint is the last: one that was read before the closing might be of
// a smaller log, although nothing is wrong.
var documents = []struct {
	name string
	// most bytes.
	most int64
}{{"results.json", 32_000_000}, {"closing.json", 16_000_000}, {"checkpoint", record.CheckpointMax}}

// document as it was read. One that is too large has no text: it is of no form.
type document struct {
	text   []byte
	exists bool
}

const (
	// manifestMax is the largest manifest, in bytes.
	manifestMax = 8_000_000
	// receiptMax is the largest file of a receipt, in bytes.
	receiptMax = 65_536
	// futureMax is how far a cosignature may be dated after now, in seconds.
	futureMax = 3_600
)

type run struct {
	Options
	report     *Report
	files      source.Source
	documents  map[string]document
	manifest   *record.Manifest
	checkpoint *record.Checkpoint
	tree       *record.Tree
	entries    *entries
	closing    *record.Closing
	// contests with what the closing withdraws: so many options that the manifest does not.
	contests  []counting.Contest
	withdrawn int
	opened    *opened
	// repeated are the leaves of repeated ballots that were shown to be such.
	repeated map[tlog.Hash]bool
	results  *results
	// unformed says why signed results have another form; nil where they have not.
	unformed error
}

// Run verifies one election.
func Run(options Options) *Report {
	anchor := "none"
	if options.M != nil {
		anchor = "manifest"
	} else if options.Publisher != nil {
		anchor = "publisher"
	}
	v := &run{Options: options, report: newReport(options.ElectionID, anchor)}
	v.steps()
	return v.report.finish()
}

func (v *run) steps() {
	if !v.readManifest() || !v.compareKeys() {
		return
	}
	if v.manifest.Unsupported != "" {
		v.report.unreadable(fmt.Errorf("an election with %s is not supported by this version", v.manifest.Unsupported))
		v.report.note("stage-not-supported")
		return
	}
	if !v.readDocuments() || !v.readCheckpoint() {
		return
	}
	v.countWitnesses()
	v.readTree()
	v.compareSaved()
	v.readEntries()
	v.readClosing()
	v.findReceipts()
	v.readResults()
	v.readOpenings()
	v.compareSums()
	v.countAgain()
}

// sourceOf gives the files below the address of the election, or below one of its origins.
func (v *run) sourceOf(origin string) source.Source {
	var files source.Source = source.Folder(v.From)
	if v.From == "" {
		files = source.NewServer(strings.TrimRight(v.URL, "/") + "/log/" + v.ElectionID + origin)
	}
	if v.Copy != "" {
		return source.Copy{From: files, Folder: v.Copy}
	}
	return files
}

// readManifest is step 1. A manifest that is not the announced one is no ground to judge anything else by.
func (v *run) readManifest() bool {
	text, err := v.sourceOf("").Read("manifest.json", manifestMax)
	if err != nil && !errors.Is(err, source.ErrTooLarge) {
		v.report.unreadable(err)
		return false
	}
	var m *record.Manifest
	signed, err := record.ParseSigned(text, "manifest")
	if err == nil {
		m, err = record.ReadManifest(signed.Body)
	}
	if err == nil && m.ElectionID != v.ElectionID {
		err = errors.New("the manifest is of another election")
	}
	if err != nil || len(text) > manifestMax {
		v.report.fail(1, "manifest-form", fmt.Sprint(err))
		return false
	}
	v.report.M = record.ShowM(m.M)
	if err := signed.Verify(m.Publisher); err != nil {
		v.report.fail(1, "manifest-signature", err.Error())
	}
	if v.M != nil && *v.M != m.M {
		v.report.fail(1, "manifest-hash", "the manifest is not the one that was announced: "+v.report.M)
	}
	v.report.pass(1)
	v.manifest = m
	return v.report.has(1)
}

// compareKeys is step 2.
func (v *run) compareKeys() bool {
	m, some := v.manifest, false
	for _, each := range []struct {
		name      string
		given, of []byte
	}{
		{"the publisher", v.Publisher, m.Publisher.X}, {"receipts", v.ReceiptsKey, m.Receipts.X},
		{"deposits", v.DepositsKey, m.Deposits.X}, {"the log", v.LogKey, m.Log},
	} {
		if each.given == nil {
			continue
		}
		some = true
		if !bytes.Equal(each.given, each.of) {
			v.report.fail(2, "foreign-key", "the manifest names another key of "+each.name)
		}
	}
	if !some {
		return true
	}
	v.report.pass(2)
	return v.report.has(2)
}

// readDocuments tells whether all of them could be read. Only the checkpoint must be there.
func (v *run) readDocuments() bool {
	v.files = v.sourceOf("/" + record.EncodeM(v.manifest.M))
	v.documents = map[string]document{}
	for _, each := range documents {
		text, err := v.files.Read(each.name, each.most)
		if errors.Is(err, source.ErrTooLarge) {
			text, err = nil, nil
		}
		if err != nil && (!errors.Is(err, source.ErrAbsent) || each.name == "checkpoint") {
			v.report.unreadable(err)
			return false
		}
		v.documents[each.name] = document{text, err == nil}
	}
	return true
}

// readCheckpoint is step 3. Without a checkpoint that the log signed there is nothing to compare with.
func (v *run) readCheckpoint() bool {
	origin := v.manifest.Origin()
	v.report.Origin = &origin
	checkpoint, err := record.OpenCheckpoint(v.documents["checkpoint"].text, origin, v.manifest.Log)
	switch {
	case errors.Is(err, record.ErrCheckpointSignature):
		v.report.fail(3, "checkpoint-signature", err.Error())
		return false
	case err != nil:
		v.report.fail(3, "checkpoint-form", err.Error())
		return false
	}
	v.report.pass(3)
	v.checkpoint = checkpoint
	root := base64.RawURLEncoding.EncodeToString(checkpoint.Root[:])
	v.report.Size, v.report.Root = &checkpoint.Size, &root
	return true
}

// countWitnesses is step 4.
func (v *run) countWitnesses() {
	v.report.Quorum = v.manifest.Quorum
	latest := uint64(v.Now.Unix() + futureMax)
	v.report.Witnesses = v.checkpoint.Cosigners(v.manifest.Witnesses, latest)
	if v.report.Witnesses < v.manifest.Quorum {
		v.report.fail(4, "witness-quorum", fmt.Sprintf("%d of %d witnesses signed", v.report.Witnesses, v.manifest.Quorum))
	}
	v.report.pass(4)
}

// findReceipts is step 11.
func (v *run) findReceipts() {
	whole := v.tree != nil
	names := map[tlog.Hash]string{}
	for _, name := range v.Receipts {
		text, err := source.ReadFile(name, receiptMax)
		if err != nil && !errors.Is(err, source.ErrTooLarge) {
			v.report.unreadable(err)
			whole = false
			continue
		}
		receipt, parsed := record.ParseReceipt(text)
		if err = cmp.Or(err, parsed); err == nil {
			err = receipt.Verify(v.manifest)
		}
		if err != nil {
			v.report.fail(11, "receipt-signature", name+": "+err.Error())
			continue
		}
		names[receipt.Leaf()] = name
	}
	if v.tree == nil {
		return
	}
	for _, leaf := range v.tree.Leaves() {
		delete(names, leaf)
	}
	for leaf, name := range names {
		if v.repeated[leaf] {
			v.report.fail(11, "receipt-repeated", name+": another ballot in the log has its cast tag")
			delete(names, leaf)
		}
	}
	switch {
	case len(v.Receipts) == 0 || !whole:
	case len(names) == 0:
		v.report.pass(11)
	case !v.documents["closing.json"].exists:
		v.report.settle(11, missing)
	}
	if !v.documents["closing.json"].exists {
		return
	}
	for _, name := range names {
		v.report.fail(11, "receipt-not-in-log", name)
	}
}

// readClosing is steps 12 to 14.
func (v *run) readClosing() {
	document := v.documents["closing.json"]
	if !document.exists {
		v.report.await(12, "closing")
		return
	}
	signed, err := record.ParseSigned(document.text, "closing")
	if err == nil {
		err = signed.Verify(v.manifest.Publisher)
	}
	var closing *record.Closing
	if err == nil {
		closing, err = record.ReadClosing(signed.Body)
	}
	if err == nil && closing.Origin != v.manifest.Origin() {
		err = errors.New("the closing is of another log")
	}
	if err == nil {
		v.contests, v.withdrawn, err = counting.Withdraw(v.manifest.Contests, closing.Withdrawn)
	}
	if err != nil {
		v.report.fail(12, "closing-signature", err.Error())
		return
	}
	v.compareClosing(closing)
	v.report.pass(12)
	if !v.report.has(12) {
		return
	}
	v.closing = closing
	if closing.Repeated > 0 {
		v.report.note("ballots-repeated")
	}
	v.compareTurnout()
}

func (v *run) compareClosing(closing *record.Closing) {
	size, root := v.checkpoint.Size, v.checkpoint.Root
	if size > closing.Size && v.tree != nil {
		// A log that went on after a true closing has the closing's root at the closing's size.
		if before, err := v.tree.RootAt(closing.Size); err == nil && before == closing.Root {
			v.report.fail(12, "grown-after-closing", fmt.Sprintf("%d entries were closed, the log has %d", closing.Size, size))
			return
		}
	}
	if size != closing.Size || root != closing.Root {
		v.report.fail(12, "closing-size", fmt.Sprintf("the closing is of another tree: %d entries, the log has %d", closing.Size, size))
	}
}

func (v *run) compareTurnout() {
	if v.entries == nil {
		return
	}
	online, batch := v.entries.count(record.Online), v.entries.count(record.Batch)
	closing := v.closing
	if online != closing.Online || batch != closing.Batch || online+closing.Repeated != closing.Participation {
		v.report.fail(13, "turnout", fmt.Sprintf("the log has %d online and %d paper ballots, the closing %d and %d, %d repeated, and %d voters",
			online, batch, closing.Online, closing.Batch, closing.Repeated, closing.Participation))
	}
	repeated, err := v.readRepeated()
	switch {
	case errors.Is(err, errNotRepeated):
		v.report.fail(13, "repeated-entries", err.Error())
	case err != nil:
		v.report.unreadable(err)
		return
	}
	v.report.pass(13)
	if v.report.has(13) {
		v.repeated = repeated
	}
	if len(closing.Batches) == 0 && batch == 0 {
		return
	}
	var counted int64
	seen := map[string]bool{}
	for place, file := range closing.Batches {
		// Bounded, so that no number of batches makes the sum wrap to that of the log.
		counted = min(counted+file.Counted, countMax)
		if seen[file.ID] {
			v.report.fail(14, "batches", fmt.Sprintf("batch %d is there twice", place))
		}
		seen[file.ID] = true
		if file.Rows != file.Counted+file.Invalid+file.Missing {
			v.report.fail(14, "batches", fmt.Sprintf("the rows of batch %d do not add up", place))
		}
	}
	if counted != batch {
		v.report.fail(14, "batches", fmt.Sprintf("%d rows count, the log has %d paper ballots", counted, batch))
	}
	v.report.pass(14)
}

// each calls work for 0 … count - 1, several at the same time.
func each(count int, work func(int)) {
	workers := max(source.ReadersMax, runtime.GOMAXPROCS(0))
	places := make(chan int)
	var group sync.WaitGroup
	for range min(workers, count) {
		group.Add(1)
		go func() {
			defer group.Done()
			for place := range places {
				work(place)
			}
		}()
	}
	for place := range count {
		places <- place
	}
	close(places)
	group.Wait()
}
