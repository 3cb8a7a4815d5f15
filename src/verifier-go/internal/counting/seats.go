package counting

import (
	"container/heap"
	"math/bits"
	"slices"
)

// Standing of a list: whether it takes part, and why not.
const (
	eligible       = "eligible"
	belowThreshold = "below-threshold"
	noVotes        = "no-votes"
	withdrawn      = "withdrawn"
)

// threshold of a contest; that of no list where the law has none.
func (c *Contest) threshold() *Threshold {
	if c.Law.Threshold != nil {
		return c.Law.Threshold
	}
	return percentThreshold(0)
}

// groupOf are the contests that share the threshold of a contest.
func (e *Election) groupOf(place int) []int {
	group := e.Contests[place].threshold().Group
	if group == "" {
		return []int{place}
	}
	var places []int
	for other := range e.Contests {
		if e.Contests[other].threshold().Group == group {
			places = append(places, other)
		}
	}
	return places
}

// thresholdBase is the number that the share of the threshold is of: the votes and valid ballots of the whole group.
func (e *Election) thresholdBase(place int) int64 {
	bases := e.basesOf(place)
	bases["votes"], bases["valid"] = 0, 0
	for _, other := range e.groupOf(place) {
		bases["votes"] += sum(e.Published[other].Votes)
		bases["valid"] += e.Published[other].Valid
	}
	return bases[e.Contests[place].threshold().Of]
}

// groupVotes are the votes of a list in all contests that share the threshold.
func (e *Election) groupVotes(place, option int) int64 {
	id := e.Contests[place].Options[option].ID
	var votes int64
	for _, other := range e.groupOf(place) {
		if at, ok := e.Contests[other].Place(id); ok {
			votes += e.Published[other].Votes[at]
		}
	}
	return votes
}

// localSeats are the local contests of the group that a list won, and those that it may still win by an open tie.
func (e *Election) localSeats(place, option int) (won, open int64) {
	id, group := e.Contests[place].Options[option].ID, e.Contests[place].threshold().Group
	if group == "" {
		return 0, 0
	}
	for other := range e.Contests {
		contest := &e.Contests[other]
		at, ok := contest.Place(id)
		if contest.Law.LocalOf != group || !ok {
			continue
		}
		outcome := e.elect(other)
		won += outcome.Won[at]
		if outcome.Won[at] == 0 && sum(outcome.Won)+outcome.Empty < e.seatsOf(other) && slices.Contains(outcome.Tied, at) {
			open++
		}
	}
	return won, open
}

func (e *Election) seatsOf(place int) int64 {
	if seats := e.Contests[place].Seats; seats != nil {
		return *seats
	}
	return 1
}

// list is a list of a contest that shares seats.
type list struct {
	standing string
	factor   *Fraction
	// undecided: an open tie of a local contest decides whether it takes part.
	undecided bool
}

func (e *Election) listOf(place, option int) list {
	contest := &e.Contests[place]
	one, threshold := contest.Options[option], contest.threshold()
	base := e.thresholdBase(place)
	each := list{standing: eligible}
	groupVotes := e.groupVotes(place, option)
	above := groupVotes >= threshold.needed(base)
	enough := above
	if one.Exempt {
		enough = true
		if !above {
			each.factor = threshold.ExemptFactor
		}
	} else if one.Share != nil {
		own := threshold.Rule
		own.Share = *one.Share
		enough = groupVotes >= own.needed(base)
	}
	won, open := e.localSeats(place, option)
	votes := e.Published[place].Votes[option]
	local := threshold.LocalSeats > 0
	switch {
	case e.isWithdrawn(place, option):
		each.standing = withdrawn
	case votes == 0:
		each.standing = noVotes
	case enough || local && won >= threshold.LocalSeats:
	default:
		each.standing = belowThreshold
		each.undecided = local && won+open >= threshold.LocalSeats && e.hasQuorum(place)
	}
	if each.standing != eligible {
		each.factor = nil
	}
	return each
}

// claim is the next quotient of a list: strength ÷ divisor, in parts that are the same for all lists.
type claim struct {
	option int
	// quotient = strength / divisor
	strength, divisor uint64
	room              int64
}

// compare is positive where a has the greater quotient.
func compare(a, b claim) int {
	aHigh, aLow := bits.Mul64(a.strength, b.divisor)
	bHigh, bLow := bits.Mul64(b.strength, a.divisor)
	switch {
	case aHigh != bHigh && aHigh > bHigh, aHigh == bHigh && aLow > bLow:
		return 1
	case aHigh == bHigh && aLow == bLow:
		return 0
	}
	return -1
}

type claims []claim

func (c claims) Len() int           { return len(c) }
func (c claims) Less(a, b int) bool { return compare(c[a], c[b]) > 0 }
func (c claims) Swap(a, b int)      { c[a], c[b] = c[b], c[a] }
func (c *claims) Push(one any)      { *c = append(*c, one.(claim)) }
func (c *claims) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// divisor of the next seat of a list that has so many, in parts of the denominator of the first divisor.
func (c *Contest) divisor(seats int64) int64 {
	stride := int64(1)
	if c.Method == SainteLague {
		stride = 2
	}
	parts := int64(1)
	if first := c.Law.FirstDivisor; first != nil {
		if seats == 0 {
			return first.Numerator
		}
		parts = first.Denominator
	}
	return (1 + stride*seats) * parts
}

// claimOf is the next claim of a list. A factor multiplies its votes, so its denominator multiplies its divisor.
func (e *Election) claimOf(place, option int, factor *Fraction, seats int64) claim {
	contest := &e.Contests[place]
	next := claim{
		option:   option,
		strength: uint64(e.Published[place].Votes[option]),
		divisor:  uint64(contest.divisor(seats)),
		room:     seatsMax,
	}
	if factor != nil {
		next.strength *= uint64(factor.Numerator)
		next.divisor *= uint64(factor.Denominator)
	}
	if candidates := contest.Options[option].Candidates; candidates != nil {
		next.room = *candidates
	}
	return next
}

// share gives each seat to the greatest quotient.
func (e *Election) share(place int, lists []list) Outcome {
	contest := &e.Contests[place]
	outcome := Outcome{Won: make([]int64, len(lists))}
	left := int(*contest.Seats)
	queue := claims{}
	for option, one := range lists {
		if one.undecided {
			return outcome
		}
		if one.standing == eligible {
			queue = append(queue, e.claimOf(place, option, one.factor, 0))
		}
	}
	if !e.hasQuorum(place) {
		queue = nil
	}
	heap.Init(&queue)
	for left > 0 && len(queue) > 0 {
		equal := []claim{heap.Pop(&queue).(claim)}
		for len(queue) > 0 && compare(queue[0], equal[0]) == 0 {
			equal = append(equal, heap.Pop(&queue).(claim))
		}
		if len(equal) > left {
			tied := make([]int, len(equal))
			for i, one := range equal {
				tied[i] = one.option
			}
			slices.Sort(tied)
			e.settle(place, &outcome, tied, left)
			return outcome
		}
		left -= len(equal)
		for _, one := range equal {
			outcome.Won[one.option]++
			if won := outcome.Won[one.option]; won < one.room {
				heap.Push(&queue, e.claimOf(place, one.option, lists[one.option].factor, won))
			}
		}
	}
	outcome.Empty = int64(left)
	return outcome
}
