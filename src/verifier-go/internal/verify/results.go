package verify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/source"
	"popvote-verify-go/internal/strictjson"
)

// countMax is the largest number of ballots, rows or people in the results.
const countMax = 1<<53 - 1

const (
	stationsMax = 100_000
	textMax     = 1_000
)

// reconciled is one channel: received = valid + invalid.
type reconciled struct{ received, valid, invalid int64 }

type station struct {
	reconciled
	contests []counting.Counted
}

// results are the signed body of the results document.
type results struct {
	electionID                    string
	revision                      int64
	origin, root                  string
	size                          int64
	aggregate                     bool
	eligible                      *int64
	turnoutOnline, turnoutBatches int64
	online, batches               reconciled
	invalidByReason               map[string]int64
	contests                      []counting.Published
	stations                      []station
}

// readResults is the first part of step 26: the document and what it says it is of.
func (v *run) readResults() {
	if errors.Is(v.documents["results.json"].err, source.ErrAbsent) {
		v.report.await(26, "results")
		return
	}
	v.resultsPublished = true
	text, ok := v.read("results.json")
	if !ok {
		return
	}
	signed, err := record.ParseSigned(text, "results", true)
	if err == nil {
		err = signed.Verify(v.manifest.Publisher)
	}
	body := &results{}
	if err == nil {
		err = strictjson.Decode(signed.Body, body.read)
	}
	if err != nil {
		v.report.fail(26, "results-signature", err.Error())
		return
	}
	v.compareRecord(body)
	v.results = body
}

// compareRecord is the rest of step 26. The tree is the one that was closed.
func (v *run) compareRecord(body *results) {
	if v.closing == nil {
		return
	}
	root := base64.RawURLEncoding.EncodeToString(v.closing.Root[:])
	if body.electionID != v.ElectionID || body.revision < 1 || body.aggregate ||
		body.origin != v.closing.Origin || body.size != v.closing.Size || body.root != root {
		v.report.fail(26, "results-record", "the results are of another tree or election")
	}
	v.report.pass(26)
}

var reasonForm = regexp.MustCompile(`^[\x20-\x7e]{1,200}$`)

func (b *results) read(r strictjson.Reader) {
	b.electionID = r.Field("electionId").Text(1, 64)
	b.revision = r.Field("revision").Int(0, countMax)
	turnout := r.Field("turnout")
	if eligible := turnout.Field("eligible"); !eligible.IsNull() {
		people := eligible.Int(0, countMax)
		b.eligible = &people
	}
	b.turnoutOnline = turnout.Field("online").Int(0, countMax)
	b.turnoutBatches = turnout.Field("batches").Int(0, countMax)
	reconciliation := r.Field("reconciliation")
	b.online = readReconciled(reconciliation.Field("online"))
	batches := reconciliation.Field("batches")
	b.batches = readReconciled(batches)
	b.invalidByReason = map[string]int64{}
	for _, item := range batches.Field("invalidByReason").List(0, 100) {
		reason := item.Field("reason").Match(reasonForm)
		if _, repeated := b.invalidByReason[reason]; repeated {
			item.Refuse("repeats a reason")
		}
		b.invalidByReason[reason] = item.Field("rows").Int(1, countMax)
	}
	for _, item := range r.Field("contests").List(1, 32) {
		b.contests = append(b.contests, counting.ReadPublished(item))
	}
	if stations, ok := r.Optional("stations"); ok {
		for _, item := range stations.List(0, stationsMax) {
			each := station{reconciled: readReconciled(item)}
			for _, contest := range item.Field("contests").List(0, 32) {
				each.contests = append(each.contests, counting.ReadStation(contest))
			}
			b.stations = append(b.stations, each)
		}
	}
	// Results that name no tree have an empty record, which is that of no log.
	if named, ok := r.Optional("record"); ok {
		b.origin = named.Field("origin").Text(0, textMax)
		b.size = named.Field("size").Int(0, record.EntriesMax)
		b.root = named.Field("root").Text(0, textMax)
		aggregate, ok := named.Optional("aggregate")
		b.aggregate = ok && !aggregate.IsNull()
	}
}

func readReconciled(r strictjson.Reader) reconciled {
	return reconciled{
		r.Field("received").Int(0, countMax),
		r.Field("valid").Int(0, countMax),
		r.Field("invalid").Int(0, countMax),
	}
}

// compareSums is step 24.
func (v *run) compareSums() {
	if v.results == nil || v.closing == nil || v.entries == nil || v.opened == nil {
		return
	}
	if detail := v.faultOfReconciliation(); detail != "" {
		v.report.fail(24, "results-sums", detail)
	}
	if len(v.results.contests) != len(v.manifest.Contests) {
		v.report.fail(24, "results-sums", "the results are of other contests")
		return
	}
	for place := range v.manifest.Contests {
		v.compareContest(place)
	}
	v.report.pass(24)
}

// areOfManifest tells whether the results have the contests and options of the manifest.
func (v *run) areOfManifest() bool {
	if len(v.results.contests) != len(v.manifest.Contests) {
		return false
	}
	for place, contest := range v.manifest.Contests {
		if v.results.contests[place].FaultOfForm(contest) != "" {
			return false
		}
	}
	return true
}

func (v *run) faultOfReconciliation() string {
	r := v.results
	var invalid int64
	for _, rows := range r.invalidByReason {
		invalid += rows
	}
	online, batch := v.entries.count(record.Online), v.entries.count(record.Batch)
	withdrawn := r.invalidByReason["Withdrawn batch."]
	switch {
	case r.online.received != r.online.valid+r.online.invalid || r.online.valid != online || r.turnoutOnline != r.online.received:
		return "the online ballots do not add up"
	case r.batches.received != r.batches.valid+r.batches.invalid || r.batches.valid != batch || r.batches.invalid != invalid:
		return "the rows of batches do not add up"
	case r.turnoutBatches != r.batches.received-withdrawn:
		return "the turnout of batches is another one"
	}
	return v.faultOfStations()
}

func (v *run) faultOfStations() string {
	if v.results.stations == nil {
		return ""
	}
	var sum reconciled
	for _, each := range v.results.stations {
		if each.received != each.valid+each.invalid || len(each.contests) != len(v.manifest.Contests) {
			return "the rows of a station do not add up"
		}
		sum.received += each.received
		sum.valid += each.valid
		sum.invalid += each.invalid
		for _, contest := range each.contests {
			if contest.Valid+contest.Abstained != each.valid {
				return "the ballots of a station do not add up"
			}
		}
	}
	if sum != v.results.batches {
		return "the stations together do not have the rows of the batches"
	}
	for place, contest := range v.manifest.Contests {
		total := counting.NewCounted(contest)
		for _, each := range v.results.stations {
			if !total.Add(each.contests[place], contest.ID) {
				return "a station has other contests"
			}
		}
		if !total.Equals(v.opened.totals[record.Batch][place]) {
			return "the stations together do not have the votes of the paper ballots"
		}
	}
	return ""
}

// compareContest compares the votes of a contest with the ballots that were opened. Where online ballots are not, it is
// still certain how many there are, and that paper ballots alone cannot have more votes than the results.
func (v *run) compareContest(place int) {
	contest, result := v.manifest.Contests[place], &v.results.contests[place]
	if detail := result.FaultOfForm(contest); detail != "" {
		v.report.fail(24, "results-sums", fmt.Sprintf("contest %s: %s", contest.ID, detail))
		return
	}
	paper, online := v.opened.totals[record.Batch][place], v.opened.totals[record.Online][place]
	number := v.entries.count(record.Online)
	if v.opened.ballots[record.Online] == number {
		both := counting.NewCounted(contest)
		both.Add(paper, contest.ID)
		both.Add(online, contest.ID)
		if !both.Equals(result.Counted) {
			v.report.fail(24, "results-sums", fmt.Sprintf("contest %s: the ballots have other votes", contest.ID))
		}
		return
	}
	if !result.Minus(paper).IsPossible(contest, number) {
		v.report.fail(24, "results-sums", fmt.Sprintf("contest %s: no ballots can have these votes", contest.ID))
	}
}

// countAgain is step 25. Where the votes could not be compared with the ballots, it is still judged what follows from them.
func (v *run) countAgain() {
	if v.results == nil || v.closing == nil || v.report.outcomeOf(24) == failed || !v.areOfManifest() {
		return
	}
	election := counting.Election{
		Contests:  v.manifest.Contests,
		Published: v.results.contests,
		Eligible:  v.results.eligible,
	}
	for reason, rows := range v.results.invalidByReason {
		// A ballot that was entered twice was cast once, and a withdrawn row is no ballot.
		if reason != "Duplicate ballot." && reason != "Withdrawn batch." {
			election.Invalid += rows
		}
	}
	for place, contest := range election.Contests {
		if detail := election.Fault(place); detail != "" {
			v.report.fail(25, "results-count", fmt.Sprintf("contest %s: %s", contest.ID, detail))
		}
	}
	v.report.pass(25)
}
