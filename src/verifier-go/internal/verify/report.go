package verify

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
)

// Outcomes of a step.
const (
	passed  = "passed"
	failed  = "failed"
	skipped = "skipped"
	missing = "missing"
)

// Exit codes.
const (
	ExitVerified   = 0
	ExitFailed     = 1
	ExitUsage      = 2
	ExitNotFinal   = 3
	ExitUnreadable = 4
)

// stage1 are the steps that this version knows. Steps 16 to 23 are those of sealed ballots and tokens.
var stage1 = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26}

// reasons for which each step can fail: the closed list of the specification.
var reasons = map[int][]string{
	1:  {"manifest-form", "manifest-hash", "manifest-signature"},
	2:  {"foreign-key"},
	3:  {"checkpoint-form", "checkpoint-signature"},
	4:  {"witness-quorum"},
	5:  {"not-consistent", "rolled-back", "split-view"},
	6:  {"tile-form", "tile-root"},
	7:  {"entry-count", "entry-form", "entry-leaf"},
	8:  {"channel-not-admitted", "entry-kind"},
	9:  {"entry-signature"},
	10: {"cast-tag-repeated"},
	11: {"receipt-not-in-log", "receipt-repeated", "receipt-signature"},
	12: {"closing-signature", "closing-size", "grown-after-closing"},
	13: {"repeated-entries", "turnout"},
	14: {"batches"},
	15: {"opening", "opening-ballot", "opening-missing"},
	24: {"results-sums"},
	25: {"results-count"},
	26: {"results-record", "results-signature"},
}

// StepOutcome is what became of one step.
type StepOutcome struct {
	Step    int    `json:"step"`
	Outcome string `json:"outcome"`
}

// Failure is a reason for which an election is not verified. The detail is for people and not part of the JSON report.
type Failure struct {
	Step   int    `json:"step"`
	Reason string `json:"reason"`
	Detail string `json:"-"`
}

// Report of one run. Its JSON has exactly these members in this order; every verifier gives the same bytes.
type Report struct {
	Verifier      string        `json:"verifier"`
	ReportVersion int           `json:"reportVersion"`
	ElectionID    string        `json:"electionId"`
	Origin        *string       `json:"origin"`
	Anchor        string        `json:"anchor"`
	Size          *int64        `json:"size"`
	Root          *string       `json:"root"`
	Witnesses     int           `json:"witnesses"`
	Quorum        int           `json:"quorum"`
	Final         bool          `json:"final"`
	Steps         []StepOutcome `json:"steps"`
	Failures      []Failure     `json:"failures"`
	Missing       []string      `json:"missing"`
	Notes         []string      `json:"notes"`
	Exit          int           `json:"exit"`

	// M of the manifest as people compare it; empty where there is no manifest.
	M string `json:"-"`
	// Unreadable says what could not be read, and why.
	Unreadable []string `json:"-"`

	lock     sync.Mutex
	outcomes map[int]string
}

func newReport(electionID, anchor string) *Report {
	return &Report{
		Verifier: "popvote-verify", ReportVersion: 1, ElectionID: electionID, Anchor: anchor,
		Failures: []Failure{}, Missing: []string{}, Notes: []string{},
		outcomes: map[int]string{},
	}
}

// fail adds a reason once, with the detail of its first place.
func (r *Report) fail(step int, reason, detail string) {
	if !slices.Contains(reasons[step], reason) {
		panic("step " + strconv.Itoa(step) + " has no reason " + reason)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.outcomes[step] = failed
	same := func(f Failure) bool { return f.Step == step && f.Reason == reason }
	if !slices.ContainsFunc(r.Failures, same) {
		r.Failures = append(r.Failures, Failure{step, reason, detail})
	}
}

// pass says that a step was judged whole. A failure of the step stands.
func (r *Report) pass(step int) { r.settle(step, passed) }

// await says that a step waits for a document that is not there yet.
func (r *Report) await(step int, document string) {
	r.settle(step, missing)
	if !slices.Contains(r.Missing, document) {
		r.Missing = append(r.Missing, document)
	}
}

func (r *Report) settle(step int, outcome string) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.outcomes[step] != failed {
		r.outcomes[step] = outcome
	}
}

func (r *Report) unreadable(err error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if detail := err.Error(); !slices.Contains(r.Unreadable, detail) {
		r.Unreadable = append(r.Unreadable, detail)
	}
}

func (r *Report) note(code string) {
	if !slices.Contains(r.Notes, code) {
		r.Notes = append(r.Notes, code)
	}
}

func (r *Report) outcomeOf(step int) string {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.outcomes[step]
}

// has tells whether a step was judged whole and right.
func (r *Report) has(step int) bool {
	return r.outcomeOf(step) == passed
}

// finish orders the report and decides the exit code.
func (r *Report) finish() *Report {
	for _, step := range stage1 {
		r.Steps = append(r.Steps, StepOutcome{step, cmp.Or(r.outcomes[step], skipped)})
	}
	slices.SortFunc(r.Failures, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Reason, b.Reason))
	})
	order := []string{"closing", "results", "openings"}
	slices.SortFunc(r.Missing, func(a, b string) int {
		return cmp.Compare(slices.Index(order, a), slices.Index(order, b))
	})
	slices.Sort(r.Notes)
	slices.Sort(r.Unreadable)
	r.Final = r.Size != nil && len(r.Unreadable) == 0 && len(r.Missing) == 0
	switch {
	case len(r.Unreadable) > 0:
		r.Exit = ExitUnreadable
	case len(r.Failures) > 0:
		r.Exit = ExitFailed
	case len(r.Missing) > 0:
		r.Exit = ExitNotFinal
	default:
		r.Exit = ExitVerified
	}
	return r
}

// JSON of the report: two spaces for each level, a line feed at the end.
func (r *Report) JSON() []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		panic(err)
	}
	return text.Bytes()
}
