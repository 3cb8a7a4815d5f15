package counting

import (
	"math"
	"math/big"
	"slices"
)

// Rules that decide between equals.
const (
	moreVotes   = "more-votes"
	lowerNumber = "lower-number"
)

// Election is all that the count of a contest depends on.
type Election struct {
	Contests  []Contest
	Published []Published
	// Eligible people on the roll; nil where there is none.
	Eligible *int64
	// Invalid ballots on paper, without those entered twice and withdrawn ones.
	Invalid int64
}

func sum(numbers []int64) int64 {
	var total int64
	for _, number := range numbers {
		total += number
	}
	return total
}

// unknown is a base of which no number is known: no share of it is fulfilled.
const unknown = -1

// basesOf are the numbers that the shares of a law are of.
func (e *Election) basesOf(place int) map[string]int64 {
	law, counted := e.Contests[place].Law, e.Published[place].Counted
	both := counted.Valid + counted.Abstained
	bases := map[string]int64{
		"votes": sum(counted.Votes), "valid": counted.Valid, "valid-and-blank": both, "cast": both + e.Invalid,
	}
	switch {
	case law.Entitled != nil:
		bases["entitled"] = *law.Entitled
	case e.Eligible != nil:
		bases["entitled"] = *e.Eligible
	default:
		bases["entitled"] = unknown
	}
	return bases
}

// needed is the fewest votes that fulfil a rule: nothing is rounded.
func (r Rule) needed(base int64) int64 {
	if r.Votes > 0 {
		return r.Votes
	}
	if base == unknown {
		return math.MaxInt64
	}
	product := new(big.Int).Mul(big.NewInt(r.Share.Numerator), big.NewInt(base))
	quotient, rest := new(big.Int).DivMod(product, big.NewInt(r.Share.Denominator), new(big.Int))
	if needed := quotient.Int64(); rest.Sign() > 0 || r.MoreThan {
		return needed + 1
	}
	return quotient.Int64()
}

func (e *Election) hasQuorum(place int) bool {
	quorum, bases := e.Contests[place].Law.Quorum, e.basesOf(place)
	return quorum == nil || bases[quorum.Counted] >= quorum.needed(bases["entitled"])
}

func (e *Election) isWithdrawn(place, option int) bool {
	return e.Contests[place].Options[option].Withdrawn
}

// Decision is what one rule of the law decided between equals.
type Decision struct {
	Rule    string
	Tied    []int
	Places  int
	Winners []int
	Equal   []int
}

// untie decides which of the equals win by the rules of the law. It returns the winners and those that are still equal.
func untie(contest *Contest, votes []int64, tied []int, places int) (winners, equal []int, decisions []Decision) {
	equal = tied
	for _, rule := range contest.Law.TieRules {
		strength := func(option int) int64 {
			if rule == moreVotes {
				return votes[option]
			}
			return -contest.Options[option].Number
		}
		won, left := strongest(equal, places-len(winners), strength)
		if len(won) > 0 || len(left) < len(equal) {
			decisions = append(decisions, Decision{rule, equal, places - len(winners), won, left})
		}
		winners = append(winners, won...)
		equal = left
		if len(equal) == 0 {
			break
		}
	}
	slices.Sort(winners)
	return winners, equal, decisions
}

// strongest are the options that surely have one of the places, and those that are equal for the rest of them.
func strongest(options []int, places int, strength func(int) int64) (winners, equal []int) {
	if len(options) <= places {
		return options, nil
	}
	sorted := slices.Clone(options)
	slices.SortStableFunc(sorted, func(a, b int) int {
		switch {
		case strength(a) > strength(b):
			return -1
		case strength(a) < strength(b):
			return 1
		}
		return 0
	})
	last := strength(sorted[places-1])
	for _, option := range sorted {
		if strength(option) > last {
			winners = append(winners, option)
		} else if strength(option) == last {
			equal = append(equal, option)
		}
	}
	if len(winners)+len(equal) == places {
		winners, equal = append(winners, equal...), nil
	}
	slices.Sort(winners)
	slices.Sort(equal)
	return winners, equal
}

// Outcome is who won, as far as it is certain.
type Outcome struct {
	// Won by option: 1 for the elected, or the seats of a list.
	Won       []int64
	Empty     int64
	Decisions []Decision
	// Tied options for TiePlaces seats; nil where there is no tie.
	Tied      []int
	TiePlaces int64
}

// settle gives seats to equals: by the rules of the law, then by the lot, otherwise to none.
func (e *Election) settle(place int, outcome *Outcome, tied []int, places int) {
	contest := &e.Contests[place]
	winners, equal, decisions := untie(contest, e.Published[place].Votes, tied, places)
	outcome.Decisions = decisions
	for _, option := range winners {
		outcome.Won[option]++
	}
	if len(equal) == 0 {
		return
	}
	outcome.Tied, outcome.TiePlaces = equal, int64(places-len(winners))
	if tie := e.Published[place].tie; tie != nil && tie.Order != nil && isPermutation(contest, tie.Order, equal) {
		for _, id := range tie.Order[:outcome.TiePlaces] {
			option, _ := contest.Place(id)
			outcome.Won[option]++
		}
	}
}

func isPermutation(contest *Contest, order []string, options []int) bool {
	ids := idsOf(contest, options)
	order = slices.Clone(order)
	slices.Sort(ids)
	slices.Sort(order)
	return slices.Equal(ids, order)
}

func idsOf(contest *Contest, options []int) []string {
	ids := make([]string, 0, len(options))
	for _, option := range options {
		ids = append(ids, contest.Options[option].ID)
	}
	return ids
}
