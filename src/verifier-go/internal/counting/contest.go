// Package counting elects and shares seats from votes, by the method and the law of each contest, in whole numbers.
package counting

import (
	"math/big"
	"regexp"

	"popvote-verify-go/internal/strictjson"
)

// Counting methods.
const (
	Plurality   = "plurality"
	Approval    = "approval"
	DHondt      = "dhondt"
	SainteLague = "sainteLague"
)

// Fraction of whole numbers.
type Fraction struct{ Numerator, Denominator int64 }

// Rule is a share of a base, or a number of votes, that votes must reach.
type Rule struct {
	// Votes needed; 0 where the rule is a share.
	Votes    int64
	Share    Fraction
	Of       string
	MoreThan bool
}

// Threshold below which a list gets no seat.
type Threshold struct {
	Rule
	Group        string
	LocalSeats   int64
	ExemptFactor *Fraction
}

// Quorum of ballots without which nothing is decided.
type Quorum struct {
	Rule
	Counted string
}

// Law around the method.
type Law struct {
	Threshold    *Threshold
	FirstDivisor *Fraction
	Required     []Rule
	Quorum       *Quorum
	LocalOf      string
	Entitled     *int64
	TieRules     []string
}

// Option of a contest.
type Option struct {
	ID         string
	Number     int64
	Exempt     bool
	Share      *Fraction
	Candidates *int64
	Withdrawn  bool
}

// Contest of an election.
type Contest struct {
	ID                     string
	Method                 string
	MinChoices, MaxChoices int
	Abstain                bool
	Seats                  *int64
	Law                    Law
	// Options by their numbers on the ballot.
	Options []Option
	places  map[string]int
}

// Place of an option in Options.
func (c *Contest) Place(optionID string) (int, bool) {
	place, ok := c.places[optionID]
	return place, ok
}

// SharesSeats tells whether the method shares seats among lists; otherwise it elects options.
func (c *Contest) SharesSeats() bool { return c.Method == DHondt || c.Method == SainteLague }

const (
	contestsMax  = 32
	optionsMax   = 500
	seatsMax     = 1_000_000
	sharePartMax = 1_000_000_000_000
	factorMax    = 1_000
	rulesMax     = 8
)

var (
	localID  = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	seedForm = regexp.MustCompile(`^[ -~]{1,200}$`)
	// InstantForm is that of an instant: RFC 3339 in UTC.
	InstantForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$`)
)

// ReadContests reads the contests of a public document.
func ReadContests(r strictjson.Reader) []Contest {
	var contests []Contest
	seen := map[string]bool{}
	for _, item := range r.List(1, contestsMax) {
		contest := readContest(item)
		if seen[contest.ID] {
			item.Refuse("repeats a contest")
		}
		seen[contest.ID] = true
		contests = append(contests, contest)
	}
	return contests
}

func readContest(r strictjson.Reader) Contest {
	r.Object("id", "title", "method", "minChoices", "maxChoices", "abstain", "seats", "thresholdPercent", "law", "orderSeed", "options")
	contest := Contest{
		ID:         r.Field("id").Match(localID),
		Method:     r.Field("method").OneOf(Plurality, Approval, DHondt, SainteLague),
		MinChoices: int(r.Field("minChoices").Int(0, optionsMax)),
		MaxChoices: int(r.Field("maxChoices").Int(1, optionsMax)),
		Abstain:    r.Field("abstain").Bool(),
	}
	r.Field("title").Names()
	if seats, ok := r.Optional("seats"); ok {
		number := seats.Int(1, seatsMax)
		contest.Seats = &number
	}
	if law, ok := r.Optional("law"); ok {
		contest.Law = readLaw(law)
	}
	if seed, ok := r.Optional("orderSeed"); ok {
		seed.Match(seedForm)
	}
	if percent, ok := r.Optional("thresholdPercent"); ok {
		number := percent.Number(0, 100)
		if contest.Law.Threshold != nil {
			percent.Refuse("stands beside a threshold of the law")
		}
		contest.Law.Threshold = percentThreshold(number)
	}
	contest.readOptions(r.Field("options"))
	if contest.MinChoices > contest.MaxChoices || contest.MaxChoices > len(contest.Options) {
		r.Refuse("asks for more choices than there are")
	}
	if contest.SharesSeats() && contest.Seats == nil {
		r.Refuse("shares no number of seats")
	}
	return contest
}

// percentThreshold is the threshold of the short form: a percentage of the votes, to ten decimals.
func percentThreshold(percent float64) *Threshold {
	parts := new(big.Rat).SetFloat64(percent)
	parts.Mul(parts, big.NewRat(1e10, 1)).Add(parts, big.NewRat(1, 2))
	share := Fraction{new(big.Int).Quo(parts.Num(), parts.Denom()).Int64(), sharePartMax}
	return &Threshold{Rule: Rule{Share: share, Of: "votes"}}
}

func (c *Contest) readOptions(r strictjson.Reader) {
	c.places = map[string]int{}
	byNumber := map[int64]bool{}
	for _, item := range r.List(1, optionsMax) {
		option := readOption(item)
		_, repeated := c.places[option.ID]
		if repeated || byNumber[option.Number] {
			item.Refuse("repeats an option or its number")
		}
		c.places[option.ID] = 0
		byNumber[option.Number] = true
		c.Options = append(c.Options, option)
	}
	for _, option := range c.Options {
		if option.Number > int64(len(c.Options)) {
			r.Refuse("is not numbered from 1")
		}
	}
	c.orderOptions()
}

func readOption(r strictjson.Reader) Option {
	r.Object("id", "number", "title", "kind", "threshold", "candidates", "withdrawnAt")
	option := Option{ID: r.Field("id").Match(localID), Number: r.Field("number").Int(1, optionsMax)}
	r.Field("title").Names()
	if kind, ok := r.Optional("kind"); ok {
		kind.OneOf("party", "individual")
	}
	if threshold, ok := r.Optional("threshold"); ok {
		if threshold.Value() == "exempt" {
			option.Exempt = true
		} else {
			share := readShare(threshold)
			option.Share = &share
		}
	}
	if candidates, ok := r.Optional("candidates"); ok {
		number := candidates.Int(1, seatsMax)
		option.Candidates = &number
	}
	if since, ok := r.Optional("withdrawnAt"); ok {
		since.Match(InstantForm)
		option.Withdrawn = true
	}
	return option
}
