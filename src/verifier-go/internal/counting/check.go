package counting

import (
	"fmt"
	"math/big"
	"slices"

	"popvote-verify-go/internal/strictjson"
)

// Fault counts a contest again and is empty where the results say the same. What merely explains a result (steps,
// quotients of the next seat, votes to it) is not compared.
func (e *Election) Fault(place int) string {
	contest, published := &e.Contests[place], &e.Published[place]
	fault := ""
	err := strictjson.Decode(published.body.Value(), func(body strictjson.Reader) {
		c := &check{e, place, contest, published, body, &fault}
		if contest.SharesSeats() {
			c.seats()
		} else {
			c.winners()
		}
	})
	if fault == "" && err != nil {
		return err.Error()
	}
	return fault
}

type check struct {
	election  *Election
	place     int
	contest   *Contest
	published *Published
	body      strictjson.Reader
	fault     *string
}

func (c *check) require(holds bool, what string) {
	if !holds && *c.fault == "" {
		*c.fault = what
	}
}

func (c *check) number(r strictjson.Reader, name string, want int64) {
	got := r.Field(name).Int(-countMax, countMax)
	c.require(got == want, fmt.Sprintf("%s is %d, not %d", name, want, got))
}

// optionOf is the published object of an option.
func (c *check) optionOf(option int) strictjson.Reader {
	at := slices.Index(c.published.order, c.contest.Options[option].ID)
	return c.body.Field("options").List(1, optionsMax)[at]
}

// share compares an exact fraction; it is null where there is nothing to be a share of.
func (c *check) share(r strictjson.Reader, votes, of int64) {
	share := r.Field("share")
	if of == 0 {
		c.require(share.IsNull(), "a share is of nothing")
		return
	}
	numerator := share.Field("numerator").Int(0, countMax)
	denominator := share.Field("denominator").Int(1, countMax)
	left := new(big.Int).Mul(big.NewInt(numerator), big.NewInt(of))
	right := new(big.Int).Mul(big.NewInt(votes), big.NewInt(denominator))
	c.require(left.Cmp(right) == 0, "a share is wrong")
}

func (c *check) fraction(r strictjson.Reader, name string, want *Fraction) {
	got, ok := r.Optional(name)
	if want == nil {
		c.require(!ok, name+" is not in the law")
		return
	}
	c.require(ok && got.Field("numerator").Int(0, countMax) == want.Numerator &&
		got.Field("denominator").Int(1, countMax) == want.Denominator, name+" is another")
}

// ties compares the decisions of the rules and the tie, with the lot that decided it.
func (c *check) ties(outcome Outcome) {
	decisions, ok := c.body.Optional("tieDecisions")
	var list []strictjson.Reader
	if ok {
		list = decisions.List(0, 2)
	}
	c.require(len(list) == len(outcome.Decisions), "the rules for ties decided otherwise")
	for i, want := range outcome.Decisions {
		if i < len(list) {
			got := list[i]
			same := got.Field("rule").Value() == want.Rule &&
				slices.Equal(readIDs(got.Field("tied")), idsOf(c.contest, want.Tied)) &&
				slices.Equal(readIDs(got.Field("winners")), idsOf(c.contest, want.Winners)) &&
				slices.Equal(readIDs(got.Field("equal")), idsOf(c.contest, want.Equal)) &&
				got.Field("places").Int(0, seatsMax) == int64(want.Places)
			c.require(same, "the rules for ties decided otherwise")
		}
	}
	tie := c.published.tie
	if outcome.Tied == nil || tie == nil {
		c.require((outcome.Tied == nil) == (tie == nil), "there is a tie in one of the counts")
		return
	}
	c.require(slices.Equal(tie.Tied, idsOf(c.contest, outcome.Tied)) && tie.Places == outcome.TiePlaces, "other options are tied")
	c.require(tie.Order == nil || isPermutation(c.contest, tie.Order, outcome.Tied), "the lot was drawn among others")
}

func (c *check) quorum(r strictjson.Reader, ok bool) {
	if c.contest.Law.Quorum == nil {
		c.require(!ok || r.IsNull(), "there is no quorum in the law")
		return
	}
	if c.require(ok && !r.IsNull(), "the quorum is missing"); !ok || r.IsNull() {
		return
	}
	base, ballots, needed := c.election.quorumOf(c.place)
	c.number(r, "base", base)
	c.number(r, "ballots", ballots)
	c.number(r, "ballotsNeeded", needed)
	c.require(r.Field("met").Bool() == (ballots >= needed), "the quorum is wrong")
}

func (c *check) winners() {
	outcome := c.election.elect(c.place)
	body, votes := c.body, c.published.Votes
	var elected []int
	for option, won := range outcome.Won {
		if won > 0 {
			elected = append(elected, option)
		}
		rank := int64(1)
		for _, other := range votes {
			if other > votes[option] {
				rank++
			}
		}
		each := c.optionOf(option)
		c.number(each, "rank", rank)
		c.share(each, votes[option], c.published.Valid)
	}
	ids := idsOf(c.contest, elected)
	winner := body.Field("winner")
	if c.election.seatsOf(c.place) == 1 && len(ids) == 1 {
		c.require(winner.Value() == ids[0], "another option is elected")
	} else {
		c.require(winner.IsNull(), "no option alone is elected")
	}
	c.leading()
	c.ties(outcome)
	quorum, ok := body.Optional("quorum")
	c.quorum(quorum, ok)
	list, ok := body.Optional("winners")
	if c.require(ok || c.contest.Seats == nil && !c.contest.HasLaw, "the elected are missing"); !ok {
		return
	}
	c.require(slices.Equal(readIDs(list), ids), "other options are elected")
	c.number(body, "seats", c.election.seatsOf(c.place))
	c.number(body, "seatsEmpty", outcome.Empty)
	c.required(body.Field("required"))
}

// leading compares the lead of the first and whether it has more than half, among options that are not withdrawn.
func (c *check) leading() {
	var first, second int64
	for option, votes := range c.published.Votes {
		if c.election.isWithdrawn(c.place, option) {
			continue
		}
		if votes > first {
			first, second = votes, first
		} else if votes > second {
			second = votes
		}
	}
	c.number(c.body, "lead", first-second)
	c.require(c.body.Field("majority").Bool() == (first > c.published.Valid-first), "the majority is wrong")
}

func (c *check) required(r strictjson.Reader) {
	rules := c.contest.Law.Required
	list := r.List(len(rules), len(rules))
	bases := c.election.basesOf(c.place)
	for i, rule := range rules {
		c.number(list[i], "votesNeeded", rule.needed(bases[rule.Of]))
		if rule.Votes == 0 {
			c.number(list[i], "base", bases[rule.Of])
		}
	}
}

func (c *check) seats() {
	body, votes := c.body, c.published.Votes
	total := sum(votes)
	c.number(body, "votes", total)
	c.number(body, "seats", *c.contest.Seats)
	c.threshold(body.Field("threshold"))
	c.fraction(body, "firstDivisor", c.contest.Law.FirstDivisor)
	quorum, ok := body.Optional("quorum")
	c.quorum(quorum, ok)
	lists := make([]list, len(votes))
	undecided := false
	for option := range votes {
		lists[option] = c.election.listOf(c.place, option)
		undecided = undecided || lists[option].undecided
	}
	flag, ok := body.Optional("undecided")
	c.require((ok && flag.Value() == true) == undecided, "a local contest decides who takes part")
	outcome := c.election.share(c.place, lists)
	for option, one := range lists {
		c.list(c.optionOf(option), option, one, outcome.Won[option], total)
	}
	c.number(body, "seatsEmpty", outcome.Empty)
	c.ties(outcome)
}

func (c *check) list(r strictjson.Reader, option int, one list, won, total int64) {
	c.share(r, c.published.Votes[option], total)
	c.require(r.Field("standing").Value() == one.standing, "a list has another standing")
	c.number(r, "seats", won)
	threshold := c.contest.threshold()
	own := c.contest.Options[option]
	c.optional(r, "votesNeeded", own.Exempt || own.Share != nil, one.votesNeeded)
	c.optional(r, "groupVotes", threshold.Group != "", one.groupVotes)
	c.optional(r, "localSeats", threshold.LocalSeats > 0, one.localSeats)
	if own.Candidates != nil {
		c.number(r, "candidates", *own.Candidates)
	}
	c.fraction(r, "factor", one.factor)
}

func (c *check) optional(r strictjson.Reader, name string, present bool, want int64) {
	_, ok := r.Optional(name)
	if c.require(ok == present, name+" is not as in the law"); ok && present {
		c.number(r, name, want)
	}
}

func (c *check) threshold(r strictjson.Reader) {
	threshold, base := c.contest.threshold(), c.election.thresholdBase(c.place)
	c.number(r, "votesNeeded", threshold.needed(base))
	if hundredths, ok := r.Optional("perMyriad"); ok {
		share := Fraction{hundredths.Int(0, 10_000), 10_000}
		c.require(threshold.Percent && share.equals(threshold.Share), "the threshold is another")
		return
	}
	share := Fraction{r.Field("share").Field("numerator").Int(0, countMax), r.Field("share").Field("denominator").Int(1, countMax)}
	c.require(share.equals(threshold.Share) && r.Field("of").Value() == threshold.Of, "the threshold is another")
	c.number(r, "base", base)
}

// equals tells whether two fractions are the same number.
func (f Fraction) equals(other Fraction) bool {
	left := new(big.Int).Mul(big.NewInt(f.Numerator), big.NewInt(other.Denominator))
	right := new(big.Int).Mul(big.NewInt(other.Numerator), big.NewInt(f.Denominator))
	return left.Cmp(right) == 0
}
