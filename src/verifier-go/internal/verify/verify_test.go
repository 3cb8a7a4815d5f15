package verify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"popvote-verify-go/internal/record"
)

func reasonsOf(r *Report) string {
	var list []string
	for _, failure := range r.Failures {
		list = append(list, fmt.Sprintf("%d %s", failure.Step, failure.Reason))
	}
	return strings.Join(list, ", ")
}

func TestAGoodElectionIsVerified(t *testing.T) {
	report := newElection(nil).verify(t, nil)
	if report.Exit != ExitVerified {
		t.Fatal(report.Text())
	}
	for _, step := range report.Steps {
		if step.Outcome != passed && step.Step != 2 && step.Step != 5 {
			t.Errorf("step %d is %s", step.Step, step.Outcome)
		}
	}
	if len(report.Notes) > 0 || !report.Final || report.Witnesses != 2 || report.Quorum != 2 {
		t.Error(string(report.JSON()))
	}
}

func TestContentsOfOnlineBallotsNeedTheAuditorsFile(t *testing.T) {
	report := newElection(nil).verify(t, func(o *Options) { o.Openings = "" })
	if report.Exit != ExitVerified || !slices.Equal(report.Notes, []string{"online-contents-not-verified"}) {
		t.Fatal(report.Text())
	}
}

func TestAnElectionThatIsNotClosedIsRightSoFar(t *testing.T) {
	e := newElection(nil)
	e.final = false
	report := e.verify(t, nil)
	if report.Exit != ExitNotFinal || !slices.Equal(report.Missing, []string{"closing", "results", "openings"}) || report.Final ||
		report.outcomeOf(15) != missing || report.outcomeOf(12) != missing || report.outcomeOf(26) != missing {
		t.Fatal(report.Text())
	}
}

func TestTheReportHasItsMembersInOrder(t *testing.T) {
	e := newElection(nil)
	text := string(e.verify(t, nil).JSON())
	want := "{\n  \"verifier\": \"popvote-verify\",\n  \"reportVersion\": 1,\n  \"electionId\": \"library-2026\",\n  \"origin\": \"" + e.origin +
		"\",\n  \"anchor\": \"manifest\",\n  \"size\": 320,\n  \"root\": \""
	if !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "  \"failures\": [],\n  \"missing\": [],\n  \"notes\": [],\n  \"exit\": 0\n}\n") {
		t.Fatal(text)
	}
	if !strings.Contains(text, "  \"final\": true,\n  \"steps\": [\n    {\n      \"step\": 1,\n      \"outcome\": \"passed\"\n    },\n") {
		t.Fatal(text)
	}
}

// tampered changes one thing of a good election. The numbers are those of the specification.
var tampered = []struct {
	name   string
	reason string
	change func(*election)
}{
	{"1 a checkpoint signed by another key", "3 checkpoint-signature", func(e *election) { e.logKey = "other" }},
	{"2 one cosignature too few", "4 witness-quorum", func(e *election) { e.cosigners = e.cosigners[:1] }},
	{"3 the same witness twice", "4 witness-quorum", func(e *election) { e.cosigners = []string{"w1", "w1"} }},
	{"3 the same witness at two moments", "4 witness-quorum", func(e *election) {
		e.cosigners = []string{"w1"}
		text, _, _ := strings.Cut(string(e.checkpoint()), "\n\n")
		e.files["checkpoint"] = append(e.checkpoint(), cosign("w1", text+"\n", 1_790_000_001)...)
	}},
	{"4 a cosignature over another root", "4 witness-quorum", func(e *election) {
		e.cosigners = []string{"w1"}
		e.files["checkpoint"] = append(e.checkpoint(), cosign("w2", e.origin+"\n320\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 1_790_000_000)...)
	}},
	{"4 a cosignature of the future", "4 witness-quorum", func(e *election) {
		e.cosigners = []string{"w1"}
		text, _, _ := strings.Cut(string(e.checkpoint()), "\n\n")
		e.files["checkpoint"] = append(e.checkpoint(), cosign("w2", text+"\n", 1_800_003_601)...)
	}},
	{"8 one bit in a level-0 tile", "6 tile-root", func(e *election) { e.flip("tile/0/000", 40) }},
	{"8 one bit in a partial tile", "6 tile-root", func(e *election) { e.flip("tile/0/001.p/64", 40) }},
	{"9 one bit in a level-1 tile", "6 tile-root", func(e *election) { e.flip("tile/1/000.p/1", 3) }},
	{"10 a partial tile one hash too long", "6 tile-form", func(e *election) {
		e.files["tile/0/001.p/64"] = append(e.publish()["tile/0/001.p/64"], make([]byte, 32)...)
	}},
	{"11 an entry replaced in its bundle", "7 entry-leaf", func(e *election) {
		bundle := e.publish()["tile/entries/000"]
		copy(bundle[2:133], bundle[2+133:133+133])
		e.files["tile/entries/000"] = bundle
	}},
	{"11 an entry of another length", "7 entry-form", func(e *election) { e.flip("tile/entries/000", 1) }},
	{"12 the last bundle short of one entry", "7 entry-count", func(e *election) {
		bundle := e.publish()["tile/entries/001.p/64"]
		e.files["tile/entries/001.p/64"] = bundle[:len(bundle)-133]
	}},
	{"13 an entry without the ballot server's key", "9 entry-signature", func(e *election) {
		e.entries[0] = nil
		e.addEntry(signer("other"), 0, record.Online, [32]byte{1}, [32]byte{2})
		e.entries[0], e.entries = e.entries[len(e.entries)-1], e.entries[:len(e.entries)-1]
		e.unknown(0)
	}},
	{"14 the same cast twice", "10 cast-tag-repeated", func(e *election) {
		entry := e.entries[1]
		e.entries = e.entries[:0]
		e.addEntry(signer("receipts"), 0, record.Online, entry.CastTag(), [32]byte{3})
		first := e.entries[0]
		good := newElection(nil)
		e.entries = good.entries
		e.entries[0] = first
		e.unknown(0)
	}},
	{"15 a sealed entry in a plain election", "8 entry-kind", func(e *election) {
		e.entries = nil
		e.addEntry(signer("receipts"), 1, record.Online, [32]byte{1}, [32]byte{2})
		first := e.entries[0]
		e.entries = newElection(nil).entries
		e.entries[0] = first
		e.unknown(0)
	}},
	{"18 a receipt whose entry was left out", "11 receipt-not-in-log", func(e *election) {
		e.add(record.Online, vote{"ash", "red"}, "left out")
		e.receipts = append(e.receipts, e.receiptOf(e.entries[len(e.entries)-1]))
		e.entries, e.ballots, e.trackers = e.entries[:320], e.ballots[:320], e.trackers[:320]
	}},
	{"18 a receipt that nobody signed", "11 receipt-signature", func(e *election) { e.receipts[1]["content"] = b64(make([]byte, 32)) }},
	{"18 a receipt of another election", "11 receipt-signature", func(e *election) { e.receipts[1]["electionId"] = "other" }},
	{"19 a closing one smaller", "12 closing-size", func(e *election) { e.closing["size"] = 319 }},
	{"19 a log grown after closing", "12 grown-after-closing", func(e *election) {
		closing, results, receipts := e.closing, e.results, e.receipts
		e.add(record.Online, vote{"ash", "red"}, "late")
		e.seal()
		e.closing, e.results, e.receipts = closing, results, receipts
	}},
	{"19 a closing that nobody signed", "12 closing-signature", func(e *election) { e.flip("closing.json", 40) }},
	{"20 participation one less than online entries", "13 turnout", func(e *election) { e.closing["participation"] = 279 }},
	{"20 a repeated ballot too many", "13 repeated-entries, 13 turnout, 24 results-sums", func(e *election) { e.closing["repeated"] = 1 }},
	{"40 repeated ballots that the results do not have", "24 results-sums", func(e *election) {
		e.repeat(2)
		e.results = e.resultsOf(280, 40, e.root())
	}},
	{"39 a ballot left out and called repeated", "13 repeated-entries", func(e *election) {
		e.add(record.Online, vote{"ash", "red"}, "left out")
		dropped := e.entries[320]
		e.entries, e.ballots, e.trackers = e.entries[:320], e.ballots[:320], e.trackers[:320]
		e.repeatEntries(dropped)
	}},
	{"43 a repeated ballot that nobody signed", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.repeated[1][100] ^= 1
		e.repeatEntries(e.repeated...)
	}},
	{"44 an entry of the log is called repeated", "13 repeated-entries", func(e *election) { e.repeatEntries(e.entries[3]) }},
	{"44 a repeated ballot twice", "13 repeated-entries", func(e *election) {
		e.repeat(1)
		e.repeatEntries(e.repeated[0], e.repeated[0])
	}},
	{"45 a repeated ballot of another kind", "13 repeated-entries", func(e *election) {
		e.repeatEntries(e.otherUnder(e.entries[0], 1, record.Online, "sealed"))
	}},
	{"45 a repeated ballot of paper", "13 repeated-entries", func(e *election) {
		e.repeatEntries(e.otherUnder(e.entries[0], 0, record.Batch, "paper"))
	}},
	{"46 no hash of the file", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.closing["repeatedHash"] = nil
	}},
	{"46 no file", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.files["repeated"] = nil
	}},
	{"46 a hash without repeated ballots", "13 repeated-entries", func(e *election) { e.closing["repeatedHash"] = b64(make([]byte, 32)) }},
	{"46 a hash of another form", "12 closing-signature", func(e *election) { e.closing["repeatedHash"] = "" }},
	{"47 another file", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.flip("repeated", 50)
	}},
	{"47 another file, whose entries are right", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		hash := e.closing["repeatedHash"]
		e.repeatEntries(e.repeated[0], e.otherUnder(e.entries[0], 0, record.Online, "another"))
		e.closing["repeatedHash"] = hash
	}},
	{"47 a file with one fewer", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.nameFile(join("", e.repeated[0]))
	}},
	{"47 a file that is cut", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.nameFile(join("", e.repeated[0], e.repeated[1][:130]))
	}},
	{"47 a file in another order", "13 repeated-entries", func(e *election) {
		e.repeat(2)
		e.nameFile(join("", e.repeated[1], e.repeated[0]))
	}},
	{"48 the receipt of a repeated ballot", "11 receipt-repeated", func(e *election) {
		e.repeat(2)
		e.receipts = append(e.receipts, e.receiptOf(e.repeated[1]))
	}},
	{"41 the elected option is withdrawn in the closing", "25 results-count", func(e *election) { e.withdraw("mayor", "ash") }},
	{"42 an option of another contest is withdrawn", "12 closing-signature", func(e *election) { e.withdraw("mayor", "red") }},
	{"42 an option of no contest is withdrawn", "12 closing-signature", func(e *election) { e.withdraw("council", "red") }},
	{"42 an option is withdrawn twice", "12 closing-signature", func(e *election) {
		e.withdraw("mayor", "birch")
		e.closing["withdrawn"] = append(e.closing["withdrawn"].([]any), e.closing["withdrawn"].([]any)[0])
	}},
	{"20 rows that do not add up", "14 batches", func(e *election) {
		e.closing["batches"] = []any{object{"batchId": "b1", "rows": 45, "counted": 40, "invalid": 3, "missing": 1}}
	}},
	{"20 a batch with more ballots than the log", "14 batches", func(e *election) {
		e.closing["batches"] = []any{object{"batchId": "b1", "rows": 45, "counted": 41, "invalid": 3, "missing": 1}}
	}},
	{"21 a paper ballot opened as another option", "15 opening", func(e *election) { e.ballots[7] = vote{"birch", "green"}.text() }},
	{"22 one paper ballot not opened", "15 opening-missing", func(e *election) {
		path := "opening/001"
		all := e.publish()[path]
		e.files[path] = all[:len(all)-len(e.opening(319))]
	}},
	{"34 one vote moved between options", "24 results-sums", func(e *election) {
		house := e.results["contests"].([]any)[1].(object)["options"].([]any)
		house[0].(object)["votes"] = house[0].(object)["votes"].(int) - 1
		house[1].(object)["votes"] = house[1].(object)["votes"].(int) + 1
	}},
	{"34 one row lost in the reconciliation", "24 results-sums", func(e *election) {
		e.results["reconciliation"].(object)["batches"].(object)["received"] = 42
	}},
	{"35 one seat moved", "25 results-count", func(e *election) {
		house := e.results["contests"].([]any)[1].(object)["options"].([]any)
		house[0].(object)["seats"], house[1].(object)["seats"] = 2, 2
	}},
	{"35 another winner", "25 results-count", func(e *election) {
		e.results["contests"].([]any)[0].(object)["winner"] = "birch"
	}},
	{"36 results of another tree", "26 results-record", func(e *election) {
		e.results["record"].(object)["size"] = 319
	}},
	{"36 results of no tree", "26 results-record", func(e *election) { delete(e.results, "record") }},
	{"36 results of no tree, and no closing", "26 results-record", func(e *election) {
		delete(e.results, "record")
		e.withoutClosing = true
	}},
	{"36 results of no tree, and a closing one smaller", "12 closing-size, 26 results-record", func(e *election) {
		delete(e.results, "record")
		e.closing["size"] = 319
	}},
	{"36 results that nobody signed", "26 results-signature", func(e *election) { e.flip("results.json", 40) }},
	{"17 titles exchanged, signed again", "1 manifest-hash", func(e *election) {
		options := e.manifest["contests"].([]any)[0].(map[string]any)["options"].([]any)
		options[0].(map[string]any)["title"], options[1].(map[string]any)["title"] = options[1].(map[string]any)["title"], options[0].(map[string]any)["title"]
	}},
	{"a manifest that nobody signed", "1 manifest-signature", func(e *election) {
		manifest := string(e.publish()["manifest.json"])
		at := strings.LastIndex(manifest, `"value":"`) + len(`"value":"`)
		other := "A"
		if manifest[at:at+1] == "A" {
			other = "B"
		}
		e.files["manifest.json"] = []byte(manifest[:at] + other + manifest[at+1:])
	}},
	{"a manifest with a repeated member", "1 manifest-form", func(e *election) {
		manifest := string(e.publish()["manifest.json"])
		e.files["manifest.json"] = []byte(strings.Replace(manifest, `"minBatch":50`, `"minBatch":50,"minBatch":50`, 1))
	}},
}

func (e *election) withdraw(contest, option string) {
	e.closing["withdrawn"] = []any{object{"contestId": contest, "optionId": option, "withdrawnAt": "2026-11-30T12:00:00Z"}}
}

func TestRepeatedBallotsAndWithdrawnOptionsAreVerified(t *testing.T) {
	e := newElection(nil)
	e.repeat(2)
	e.withdraw("mayor", "birch")
	report := e.verify(t, nil)
	if report.Exit != ExitVerified || !slices.Equal(report.Notes, []string{"ballots-repeated", "options-withdrawn"}) {
		t.Fatal(report.Text())
	}
}

func (e *election) flip(path string, at int) {
	content := e.publish()[path]
	content[at] ^= 1
	e.files[path] = content
}

// unknown seals the election again with an entry whose ballot nobody can open: no openings of online ballots are asked for.
func (e *election) unknown(index int) {
	e.seal()
	e.receipts = nil
	e.trackers[index] = [32]byte{}
}

func TestEveryTamperedElectionIsRefusedForItsReason(t *testing.T) {
	for _, each := range tampered {
		t.Run(each.name, func(t *testing.T) {
			t.Parallel()
			e := newElection(nil)
			each.change(e)
			report := e.verify(t, func(o *Options) {
				if len(e.receipts) == 0 {
					o.Openings = ""
				}
			})
			if got := reasonsOf(report); got != each.reason || report.Exit != ExitFailed {
				t.Errorf("got %q\n%s", got, report.Text())
			}
		})
	}
}

func TestPaperBallotsAreRefusedWhereBatchesAreNotAdmitted(t *testing.T) {
	e := newElection(func(manifest object) { manifest["channels"] = []any{"online"} })
	if got := reasonsOf(e.verify(t, nil)); got != "8 channel-not-admitted" {
		t.Fatal(got)
	}
}

func TestAWitnessThatIsListedTwiceIsRefused(t *testing.T) {
	e := newElection(func(manifest object) {
		manifest["witnesses"] = object{"quorum": 2, "keys": []any{witnessKey("w1"), witnessKey("w1"), witnessKey("w3")}}
	})
	if got := reasonsOf(e.verify(t, nil)); got != "1 manifest-form" {
		t.Fatal(got)
	}
}

func TestAPaperBallotHasTheTagOfItsTracker(t *testing.T) {
	e := newElection(nil)
	paper := e.entries[7]
	e.entries = nil
	e.addEntry(signer("deposits"), 0, record.Batch, [32]byte{9}, paper.Content())
	other := e.entries[0]
	e.entries = newElection(nil).entries
	e.entries[7] = other
	e.seal()
	if got := reasonsOf(e.verify(t, nil)); got != "15 opening" {
		t.Fatal(got)
	}
}

func TestAnotherManifestIsRefusedByTheAnchor(t *testing.T) {
	e := newElection(func(manifest object) {
		manifest["receipts"] = object{"kid": "receipts-1", "x": b64(public("other"))}
	})
	m := newElection(nil).m
	report := e.verify(t, func(o *Options) { o.M = &m })
	if got := reasonsOf(report); got != "1 manifest-hash" {
		t.Fatal(got)
	}
}

func TestThePublisherIsTheOneGiven(t *testing.T) {
	e := newElection(nil)
	report := e.verify(t, func(o *Options) { o.M, o.Publisher = nil, public("publisher") })
	if report.Exit != ExitVerified || report.Anchor != "publisher" {
		t.Fatal(report.Text())
	}
	if got := reasonsOf(e.verify(t, func(o *Options) { o.Publisher = public("receipts") })); got != "2 foreign-key" {
		t.Fatal(got)
	}
}

func TestTheOtherKeysAreThoseGiven(t *testing.T) {
	e := newElection(nil)
	good := func(o *Options) {
		o.ReceiptsKey, o.DepositsKey, o.LogKey = public("receipts"), public("deposits"), public("log")
	}
	if report := e.verify(t, good); report.Exit != ExitVerified || !report.has(2) || report.Anchor != "manifest" {
		t.Fatal(report.Text())
	}
	for _, change := range []func(*Options){
		func(o *Options) { o.ReceiptsKey = public("deposits") },
		func(o *Options) { o.DepositsKey = public("receipts") },
		func(o *Options) { o.LogKey = public("publisher") },
	} {
		if got := reasonsOf(e.verify(t, func(o *Options) { good(o); change(o) })); got != "2 foreign-key" {
			t.Error(got)
		}
	}
}

func TestACopyOfTheRecordIsVerifiedLikeIt(t *testing.T) {
	e := newElection(nil)
	folder := filepath.Join(t.TempDir(), "copy")
	first := e.verify(t, func(o *Options) { o.Copy = folder })
	again := e.verify(t, func(o *Options) { o.From = folder })
	if first.Exit != ExitVerified || string(first.JSON()) != string(again.JSON()) {
		t.Fatal(again.Text())
	}
	e.flip("tile/0/000", 40)
	spoilt := filepath.Join(t.TempDir(), "copy")
	e.verify(t, func(o *Options) { o.Copy = spoilt })
	if got := reasonsOf(e.verify(t, func(o *Options) { o.From = spoilt })); got != "6 tile-root" {
		t.Fatal(got)
	}
}

func TestTheLogMustHaveGrownFromSavedCheckpoints(t *testing.T) {
	e := newElection(nil)
	old := newElection(nil)
	old.entries = old.entries[:100]
	old.seal()
	other := newElection(nil)
	other.entries[9] = other.entries[10]
	other.seal()
	otherOld := newElection(nil)
	otherOld.entries = append([]record.Entry{other.entries[9]}, otherOld.entries[:50]...)
	otherOld.seal()
	longer := newElection(nil)
	longer.add(record.Online, vote{"ash", "red"}, "more")
	longer.seal()
	for _, each := range []struct {
		saved  *election
		reason string
	}{{e, ""}, {old, ""}, {other, "5 split-view"}, {otherOld, "5 not-consistent"}, {longer, "5 rolled-back"}} {
		folder := t.TempDir()
		writeFile(t, filepath.Join(folder, "1"), each.saved.checkpoint())
		writeFile(t, filepath.Join(folder, "client.json"), []byte("{}"))
		report := e.verify(t, func(o *Options) { o.Checkpoints = folder })
		if got := reasonsOf(report); got != each.reason || each.reason == "" && !report.has(5) {
			t.Errorf("%q, not %q\n%s", got, each.reason, report.Text())
		}
	}
}

func TestAServerIsReadLikeAFolder(t *testing.T) {
	e := newElection(nil)
	files := e.publish()
	base := "/log/" + electionID + "/"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, base+record.EncodeM(e.m)+"/")
		if r.URL.Path == base+"manifest.json" {
			path = "manifest.json"
		}
		content, ok := files[path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(content)
	}))
	defer server.Close()
	fromServer := Run(Options{URL: server.URL, ElectionID: electionID, Now: time.Unix(1_800_000_000, 0)})
	fromFolder := e.verify(t, func(o *Options) { o.M, o.Receipts, o.Openings = nil, nil, "" })
	if string(fromServer.JSON()) != string(fromFolder.JSON()) || fromServer.Exit != ExitVerified {
		t.Fatal(fromServer.Text(), fromFolder.Text())
	}
	m := e.m
	if report := Run(Options{URL: server.URL + "/", ElectionID: electionID, M: &m, Now: time.Now()}); report.Anchor != "manifest" || report.Exit != ExitVerified {
		t.Fatal(report.Text())
	}
}

func TestAFullTileStandsForADroppedPartialOne(t *testing.T) {
	e := newElection(nil)
	e.final = false
	all := e.publish()
	e.entries, e.ballots, e.trackers = e.entries[:200], e.ballots[:200], e.trackers[:200]
	e.seal()
	e.files["tile/0/000.p/200"], e.files["tile/entries/000.p/200"] = nil, nil
	e.files["tile/0/000"], e.files["tile/entries/000"] = all["tile/0/000"], all["tile/entries/000"]
	if report := e.verify(t, nil); report.Exit != ExitNotFinal || *report.Size != 200 {
		t.Fatal(report.Text())
	}
}

func TestWhatCannotBeReadIsNoFailure(t *testing.T) {
	e := newElection(nil)
	for _, path := range []string{"manifest.json", "checkpoint"} {
		e.files = map[string][]byte{path: nil}
		if report := e.verify(t, nil); report.Exit != ExitUnreadable || len(report.Failures) > 0 {
			t.Errorf("%s: %s", path, report.Text())
		}
	}
	for path, reason := range map[string]string{"tile/0/000": "6 tile-form", "tile/entries/001.p/64": "7 entry-count"} {
		e.files = map[string][]byte{path: nil}
		if got := reasonsOf(e.verify(t, nil)); got != reason {
			t.Errorf("%s: %s", path, got)
		}
	}
	sealed := newElection(func(manifest object) { manifest["sealing"] = object{} })
	if report := sealed.verify(t, nil); report.Exit != ExitUnreadable || !strings.Contains(report.Text(), "not supported by this version") {
		t.Error(report.Text())
	}
}

func TestLogsOfEverySizeAreVerified(t *testing.T) {
	for _, size := range []int{0, 1, 2, 255, 256, 257} {
		e := newElection(nil)
		e.final = false
		e.entries, e.ballots, e.trackers = e.entries[:size], e.ballots[:size], e.trackers[:size]
		e.leaves = nil
		for _, entry := range e.entries {
			e.leaves = append(e.leaves, entry.Leaf())
		}
		e.receipts = nil
		if report := e.verify(t, nil); report.Exit != ExitNotFinal {
			t.Errorf("%d: %s", size, report.Text())
		}
	}
}

func TestEveryChangedByteIsRefusedOrHarmless(t *testing.T) {
	e := newElection(nil)
	folder := t.TempDir()
	files := e.publish()
	var names []string
	for path, content := range files {
		writeFile(t, filepath.Join(folder, path), content)
		names = append(names, path)
	}
	slices.Sort(names)
	m := e.m
	options := Options{ElectionID: electionID, From: folder, M: &m, Now: time.Unix(1_800_000_000, 0)}
	options.Openings = writeFile(t, filepath.Join(t.TempDir(), "openings"), e.onlineOpenings())
	state := uint32(1)
	for range 100 {
		state = state*1664525 + 1013904223
		path := names[int(state>>8)%len(names)]
		content := slices.Clone(files[path])
		state = state*1664525 + 1013904223
		at := int(state>>8) % len(content)
		content[at] ^= byte(1 << (state >> 29))
		writeFile(t, filepath.Join(folder, path), content)
		if report := Run(options); report.Exit != ExitFailed {
			t.Errorf("%s, byte %d: exit %d", path, at, report.Exit)
		}
		writeFile(t, filepath.Join(folder, path), files[path])
	}
}

func TestTheTextBeginsWithTheAnchor(t *testing.T) {
	e := newElection(nil)
	if text := e.verify(t, func(o *Options) { o.M = nil }).Text(); !strings.HasPrefix(text, "No anchor:") {
		t.Error(text)
	}
	if text := e.verify(t, nil).Text(); !strings.HasPrefix(text, "Anchor: the hash of the manifest") || !strings.HasSuffix(text, "Verified.\n") {
		t.Error(text)
	}
}

func TestEveryStepHasATitle(t *testing.T) {
	for _, step := range stage1 {
		if titles[step] == "" || len(reasons[step]) == 0 {
			t.Error(step)
		}
	}
	var report map[string]any
	if err := json.Unmarshal(newReport("x", "none").finish().JSON(), &report); err != nil || len(report) != 15 {
		t.Error(err, len(report))
	}
}
