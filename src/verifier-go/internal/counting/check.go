package counting

import (
	"bytes"
	"slices"

	"popvote-verify-go/internal/strictjson"
)

// Fault counts a contest again and is empty where the results say the same. What merely explains a result (shares, leads,
// steps, quotients) is not compared.
func (e *Election) Fault(place int) string {
	c := &check{e, place, &e.Contests[place], &e.Published[place], ""}
	if c.contest.SharesSeats() {
		c.seats()
	} else {
		c.winners()
	}
	return c.fault
}

type check struct {
	election  *Election
	place     int
	contest   *Contest
	published *Published
	fault     string
}

func (c *check) require(holds bool, what string) {
	if !holds && c.fault == "" {
		c.fault = what
	}
}

// member is what the results say of the contest: nil where it is absent.
func (c *check) member(name string) any { return valueOf(c.published.body, name) }

// ofOption is what the results say of an option.
func (c *check) ofOption(option int, name string) any {
	at := slices.Index(c.published.order, c.contest.Options[option].ID)
	return valueOf(c.published.body.Field("options").List(1, optionsMax)[at], name)
}

func valueOf(r strictjson.Reader, name string) any {
	member, _ := r.Optional(name)
	return member.Value()
}

// same compares a published value with one that was computed here, in their RFC 8785 forms.
func same(published, computed any) bool {
	return bytes.Equal(strictjson.Canonical(published), strictjson.Canonical(computed))
}

// listOf makes a value of texts, as strictjson.Parse returns it.
func listOf(texts []string) []any {
	values := []any{}
	for _, text := range texts {
		values = append(values, text)
	}
	return values
}

// ties compares the decisions of the rules and the tie, with the lot that decided it.
func (c *check) ties(outcome Outcome) {
	published := c.member("tieDecisions")
	if published == nil {
		published = []any{}
	}
	decisions := []any{}
	for _, each := range outcome.Decisions {
		decisions = append(decisions, strictjson.Object{
			"rule": each.Rule, "places": float64(each.Places), "tied": listOf(idsOf(c.contest, each.Tied)),
			"winners": listOf(idsOf(c.contest, each.Winners)), "equal": listOf(idsOf(c.contest, each.Equal)),
		})
	}
	c.require(same(published, decisions), "the rules for ties decided otherwise")
	tie := c.published.tie
	if outcome.Tied == nil || tie == nil {
		c.require((outcome.Tied == nil) == (tie == nil), "there is a tie in one of the counts")
		return
	}
	c.require(slices.Equal(tie.Tied, idsOf(c.contest, outcome.Tied)) && tie.Places == outcome.TiePlaces, "other options are tied")
	c.require(tie.Order == nil || isPermutation(c.contest, tie.Order, outcome.Tied), "the lot was drawn among others")
}

func (c *check) winners() {
	outcome := c.election.elect(c.place)
	votes := c.published.Votes
	var elected []int
	for option, won := range outcome.Won {
		if won > 0 {
			elected = append(elected, option)
		}
		rank := 1.0
		for _, other := range votes {
			if other > votes[option] {
				rank++
			}
		}
		c.require(c.ofOption(option, "rank") == rank, "an option has another rank")
	}
	ids := idsOf(c.contest, elected)
	var winner any
	if c.election.seatsOf(c.place) == 1 && len(ids) == 1 {
		winner = ids[0]
	}
	c.require(c.member("winner") == winner, "another option is elected")
	if published, has := c.published.body.Optional("winners"); has || len(ids) > 1 {
		c.require(same(published.Value(), listOf(ids)), "other options are elected")
	}
	if published, has := c.published.body.Optional("seatsEmpty"); has {
		c.require(published.Value() == float64(outcome.Empty), "another number of seats is empty")
	}
	c.ties(outcome)
}

func (c *check) seats() {
	lists := make([]list, len(c.published.Votes))
	undecided := false
	for option := range lists {
		lists[option] = c.election.listOf(c.place, option)
		undecided = undecided || lists[option].undecided
	}
	c.require((c.member("undecided") == true) == undecided, "a local contest decides who takes part")
	outcome := c.election.share(c.place, lists)
	for option, one := range lists {
		c.require(c.ofOption(option, "standing") == one.standing, "a list has another standing")
		c.require(c.ofOption(option, "seats") == float64(outcome.Won[option]), "a list has another number of seats")
	}
	c.require(c.member("seatsEmpty") == float64(outcome.Empty), "another number of seats is empty")
	c.ties(outcome)
}
