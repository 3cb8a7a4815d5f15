package verify

import (
	"fmt"
	"regexp"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/strictjson"
)

// countMax is the largest number of ballots, rows or people in the results.
const countMax = 1<<40 - 1

const (
	stationsMax = 100_000
	reasonsMax  = 500
)

var electionIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// reconciled is one channel: received = valid + invalid.
type reconciled struct{ received, valid, invalid int64 }

type station struct {
	reconciled
	contests []counting.Counted
}

// results are the numbers of the results document.
type results struct {
	electionID                    string
	rehearsal                     bool
	eligible                      *int64
	turnoutOnline, turnoutBatches int64
	online, batches               reconciled
	invalidByReason               map[string]int64
	contests                      []counting.Published
	stations                      []station
}

// readResults is the first part of step 26: the document and what it says it is of.
func (v *run) readResults() {
	document := v.documents["results.json"]
	if !document.exists {
		v.report.await(26, "results")
		return
	}
	signed, err := record.ParseSigned(document.text, "results", "record")
	if err == nil {
		err = signed.Verify(v.manifest.Publisher)
	}
	if err == nil {
		err = strictjson.Decode(signed.Body, func(r strictjson.Reader) { r.Names() })
	}
	if err != nil {
		v.report.fail(26, "results-signature", err.Error())
		return
	}
	body := &results{}
	if v.unformed = strictjson.Decode(signed.Body, body.read); v.unformed == nil {
		v.results = body
	}
	v.compareRecord(signed.Body)
}

var originForm = regexp.MustCompile(`^[!-~]{1,512}$`)

// compareRecord is the rest of step 26. The tree is the one that was closed. Without a closing only its form is judged.
func (v *run) compareRecord(body any) {
	err := strictjson.Decode(body, func(r strictjson.Reader) {
		named := r.Field("record").Object("origin", "size", "root", "aggregate")
		if aggregate, ok := named.Optional("aggregate"); ok && !aggregate.IsNull() {
			named.Refuse("has an aggregate")
		}
		root := [32]byte(named.Field("root").Bytes(32))
		origin, size := named.Field("origin").Match(originForm), named.Field("size").Int(0, countMax)
		if v.closing != nil && (origin != v.closing.Origin || size != int64(v.closing.Size) || root != v.closing.Root) {
			named.Refuse("is of another tree")
		}
	})
	if err != nil {
		v.report.fail(26, "results-record", err.Error())
	}
	if v.closing == nil {
		return
	}
	if v.results != nil && (v.results.electionID != v.ElectionID || v.results.rehearsal != v.manifest.Rehearsal) {
		v.report.fail(26, "results-record", "the results are of another election")
	}
	v.report.pass(26)
}

var reasonForm = regexp.MustCompile(`^[\x20-\x7e]{1,100}$`)

func (b *results) read(r strictjson.Reader) {
	b.electionID = r.Field("electionId").Match(electionIDForm)
	b.rehearsal = r.Field("rehearsal").Bool()
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
	for _, item := range batches.Field("invalidByReason").List(0, reasonsMax) {
		reason := item.Field("reason").Match(reasonForm)
		b.invalidByReason[reason] += item.Field("rows").Int(1, countMax)
	}
	for _, item := range r.Field("contests").List(1, 32) {
		b.contests = append(b.contests, counting.ReadPublished(item))
	}
	if stations, ok := r.Optional("stations"); ok {
		b.stations = []station{}
		for _, item := range stations.List(0, stationsMax) {
			each := station{reconciled: readReconciled(item)}
			for _, contest := range item.Field("contests").List(0, 32) {
				each.contests = append(each.contests, counting.ReadStation(contest))
			}
			b.stations = append(b.stations, each)
		}
	}
}

func readReconciled(r strictjson.Reader) reconciled {
	return reconciled{
		r.Field("received").Int(0, countMax),
		r.Field("valid").Int(0, countMax),
		r.Field("invalid").Int(0, countMax),
	}
}

// resultsSigned tells whether there are results that the publisher signed.
func (v *run) resultsSigned() bool { return v.results != nil || v.unformed != nil }

// compareSums is step 24.
func (v *run) compareSums() {
	if !v.resultsSigned() || v.closing == nil || v.entries == nil || v.opened == nil {
		return
	}
	if v.results == nil {
		v.report.fail(24, "results-sums", v.unformed.Error())
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
	case r.online.received != r.online.valid+r.online.invalid || r.online.invalid != v.closing.Repeated || r.online.valid != online || r.turnoutOnline != r.online.received:
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
		sum.received = min(sum.received+each.received, countMax)
		sum.valid = min(sum.valid+each.valid, countMax)
		sum.invalid = min(sum.invalid+each.invalid, countMax)
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
	if v.results == nil || v.closing == nil || v.report.outcomeOf(24) == failed {
		return
	}
	if !v.areOfManifest() {
		v.report.fail(25, "results-count", "the results are of other contests or options")
		return
	}
	election := counting.Election{
		Contests:  v.contests,
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
	if v.withdrawn > 0 {
		v.report.note("options-withdrawn")
	}
	v.report.pass(25)
}
