// Package verify carries out the steps of the specification for one election and reports what it found.
package verify

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

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
	// Keys that the caller knows from elsewhere, by "publisher", "receipts", "deposits", "log".
	Keys map[string][]byte
	// Checkpoints is a folder of saved checkpoints.
	Checkpoints string
	// Receipts are files.
	Receipts []string
	// Openings is a file of openings of online ballots, for auditors.
	Openings string
	Now      time.Time
}

// documents in the order in which they are read. The checkpoint is the last: one that was read before the closing might be of
// a smaller log, although nothing is wrong.
var documents = []struct {
	name string
	// most bytes.
	most int64
}{{"results.json", 8_000_000}, {"closing.json", 16_000_000}, {"manifest.json", manifestMax}, {"checkpoint", record.CheckpointMax}}

// document as it was read.
type document struct {
	text []byte
	err  error
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
	opened     *opened
	results    *results
	// resultsPublished tells whether there is a results document, right or not.
	resultsPublished bool
}

// Run verifies one election.
func Run(options Options) *Report {
	anchor := "none"
	if options.M != nil {
		anchor = "manifest"
	} else if options.Keys["publisher"] != nil {
		anchor = "publisher"
	}
	v := &run{Options: options, report: newReport(options.ElectionID, anchor)}
	v.steps()
	return v.report.finish()
}

func (v *run) steps() {
	if !v.openSource() {
		return
	}
	v.documents = map[string]document{}
	for _, each := range documents {
		text, err := v.files.Read(each.name, each.most)
		v.documents[each.name] = document{text, err}
	}
	if !v.readManifest() {
		return
	}
	v.compareKeys()
	if v.manifest.Unsupported != "" {
		v.report.unreadable(fmt.Errorf("an election with %s is not supported by this version", v.manifest.Unsupported))
		v.report.note("stage-not-supported")
		return
	}
	if !v.readCheckpoint() {
		return
	}
	v.countWitnesses()
	v.readTree()
	v.compareSaved()
	v.readEntries()
	v.findReceipts()
	v.readClosing()
	v.readResults()
	v.readOpenings()
	v.compareSums()
	v.countAgain()
}

var originForm = regexp.MustCompile(`/[A-Za-z0-9_-]{43}$`)

var prefixForm = regexp.MustCompile(`/log/[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{43}$`)

// openSource finds the prefix of the log. Without an anchor the server is asked for its manifest, which names it.
func (v *run) openSource() bool {
	if v.From != "" {
		v.files = source.Folder(v.From)
		return true
	}
	base := strings.TrimSuffix(v.URL, "/")
	if prefixForm.MatchString(base) {
		v.files = source.NewServer(base)
		return true
	}
	base += "/log/" + v.ElectionID
	if v.M != nil {
		v.files = source.NewServer(base + "/" + record.EncodeM(*v.M))
		return true
	}
	text, err := source.NewServer(base).Read("manifest.json", manifestMax)
	if err != nil {
		v.report.unreadable(err)
		return false
	}
	signed, err := record.ParseSigned(text, "manifest", false)
	if err != nil {
		v.report.fail(1, "manifest-form", err.Error())
		return false
	}
	v.files = source.NewServer(base + "/" + record.EncodeM(record.ManifestHash(signed.Body)))
	return true
}

// read gives a document, or reports that it cannot be read. One that is too large is of no form.
func (v *run) read(name string) ([]byte, bool) {
	each := v.documents[name]
	if each.err != nil && !errors.Is(each.err, source.ErrTooLarge) {
		v.report.unreadable(each.err)
		return nil, false
	}
	return each.text, true
}

// readManifest is step 1. A manifest that is not the announced one is no ground to judge anything else by.
func (v *run) readManifest() bool {
	text, ok := v.read("manifest.json")
	if !ok {
		return false
	}
	signed, err := record.ParseSigned(text, "manifest", false)
	if err != nil {
		v.report.fail(1, "manifest-form", err.Error())
		return false
	}
	m, err := record.ReadManifest(signed.Body)
	if err != nil {
		v.report.fail(1, "manifest-form", err.Error())
		return false
	}
	v.report.M = record.ShowM(m.M)
	if err := signed.Verify(m.Publisher); err != nil {
		v.report.fail(1, "manifest-signature", err.Error())
		return false
	}
	if m.ElectionID != v.ElectionID {
		v.report.fail(1, "manifest-hash", "the manifest is of another election")
	}
	if v.M != nil && *v.M != m.M {
		v.report.fail(1, "manifest-hash", "the manifest is not the one that was announced: "+v.report.M)
	}
	// A checkpoint whose first line is no origin at all is judged by step 3.
	checkpoint, _ := v.read("checkpoint")
	origin := record.OriginOf(checkpoint)
	if originForm.MatchString(origin) && !strings.HasSuffix(origin, "/"+record.EncodeM(m.M)) {
		v.report.fail(1, "manifest-hash", "the checkpoint is of a log with another manifest")
	}
	v.report.pass(1)
	if !v.report.has(1) {
		return false
	}
	v.manifest = m
	return true
}

// compareKeys is step 2.
func (v *run) compareKeys() {
	keys := map[string][]byte{
		"publisher": v.manifest.Publisher.X, "receipts": v.manifest.Receipts.X,
		"deposits": v.manifest.Deposits.X, "log": v.manifest.Log,
	}
	for name, key := range v.Keys {
		if !bytes.Equal(key, keys[name]) {
			v.report.fail(2, "foreign-key", "the manifest has another key: "+name)
		}
		v.report.pass(2)
	}
}

// readCheckpoint is step 3. Without a checkpoint that the log signed there is nothing to compare with.
func (v *run) readCheckpoint() bool {
	text, ok := v.read("checkpoint")
	if !ok {
		return false
	}
	origin := v.manifest.Origin()
	v.report.Origin = &origin
	checkpoint, err := record.OpenCheckpoint(text, origin, v.manifest.Log)
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
		if err != nil {
			v.report.unreadable(err)
			whole = false
			continue
		}
		receipt, err := record.ParseReceipt(text)
		if err == nil {
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
	for _, name := range names {
		v.report.fail(11, "receipt-not-in-log", name)
	}
	if whole && len(v.Receipts) > 0 {
		v.report.pass(11)
	}
}

// readClosing is steps 12 to 14.
func (v *run) readClosing() {
	if errors.Is(v.documents["closing.json"].err, source.ErrAbsent) {
		v.report.await(12, "closing")
		return
	}
	text, ok := v.read("closing.json")
	if !ok {
		return
	}
	signed, err := record.ParseSigned(text, "closing", false)
	if err == nil {
		err = signed.Verify(v.manifest.Publisher)
	}
	var closing *record.Closing
	if err == nil {
		closing, err = record.ReadClosing(signed.Body)
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
	v.compareTurnout()
}

func (v *run) compareClosing(closing *record.Closing) {
	size, root := v.checkpoint.Size, v.checkpoint.Root
	if closing.Origin != v.manifest.Origin() {
		v.report.fail(12, "closing-size", "the closing is of another log")
		return
	}
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
	if online != closing.Online || batch != closing.Batch || online != closing.Participation {
		v.report.fail(13, "turnout", fmt.Sprintf("the log has %d online and %d paper ballots, the closing %d and %d, and %d voters",
			online, batch, closing.Online, closing.Batch, closing.Participation))
	}
	v.report.pass(13)
	if len(closing.Batches) == 0 && batch == 0 {
		return
	}
	var counted int64
	for place, file := range closing.Batches {
		counted += file.Counted
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
