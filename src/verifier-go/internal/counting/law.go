package counting

import (
	"cmp"
	"slices"

	"popvote-verify-go/internal/strictjson"
)

func (c *Contest) orderOptions() {
	slices.SortFunc(c.Options, func(a, b Option) int { return cmp.Compare(a.Number, b.Number) })
	for place, option := range c.Options {
		c.places[option.ID] = place
	}
}

func readShare(r strictjson.Reader) Fraction {
	r.Object("numerator", "denominator")
	share := Fraction{r.Field("numerator").Int(0, sharePartMax), r.Field("denominator").Int(1, sharePartMax)}
	if share.Numerator > share.Denominator {
		r.Refuse("is more than the whole")
	}
	return share
}

func readFactor(r strictjson.Reader) *Fraction {
	r.Object("numerator", "denominator")
	return &Fraction{r.Field("numerator").Int(1, factorMax), r.Field("denominator").Int(1, factorMax)}
}

var bases = []string{"votes", "valid", "valid-and-blank", "cast", "entitled"}

func readMoreThan(r strictjson.Reader) bool {
	moreThan, ok := r.Optional("moreThan")
	return ok && moreThan.Bool()
}

func readLaw(r strictjson.Reader) Law {
	r.Object("threshold", "firstDivisor", "required", "quorum", "localOf", "entitled", "tieRules")
	var law Law
	if threshold, ok := r.Optional("threshold"); ok {
		law.Threshold = readThreshold(threshold)
	}
	if divisor, ok := r.Optional("firstDivisor"); ok {
		law.FirstDivisor = readFactor(divisor)
	}
	if required, ok := r.Optional("required"); ok {
		for _, item := range required.List(1, rulesMax) {
			law.Required = append(law.Required, readRequirement(item))
		}
	}
	if quorum, ok := r.Optional("quorum"); ok {
		quorum.Object("share", "moreThan", "counted")
		law.Quorum = &Quorum{
			Rule{Share: readShare(quorum.Field("share")), Of: "entitled", MoreThan: readMoreThan(quorum)},
			quorum.Field("counted").OneOf("valid", "valid-and-blank", "cast"),
		}
	}
	if group, ok := r.Optional("localOf"); ok {
		law.LocalOf = group.Match(localID)
	}
	if entitled, ok := r.Optional("entitled"); ok {
		people := entitled.Int(1, countMax)
		law.Entitled = &people
	}
	if rules, ok := r.Optional("tieRules"); ok {
		for _, item := range rules.List(1, 2) {
			law.TieRules = append(law.TieRules, item.OneOf(moreVotes, lowerNumber))
		}
	}
	return law
}

func readThreshold(r strictjson.Reader) *Threshold {
	r.Object("share", "of", "moreThan", "group", "localSeats", "exemptFactor")
	threshold := &Threshold{Rule: Rule{
		Share:    readShare(r.Field("share")),
		Of:       r.Field("of").OneOf(bases...),
		MoreThan: readMoreThan(r),
	}}
	if group, ok := r.Optional("group"); ok {
		threshold.Group = group.Match(localID)
	}
	if seats, ok := r.Optional("localSeats"); ok {
		threshold.LocalSeats = seats.Int(1, countMax)
	}
	if factor, ok := r.Optional("exemptFactor"); ok {
		threshold.ExemptFactor = readFactor(factor)
	}
	return threshold
}

func readRequirement(r strictjson.Reader) Rule {
	if votes, ok := r.Optional("votes"); ok {
		r.Object("votes")
		return Rule{Votes: votes.Int(1, countMax)}
	}
	r.Object("share", "of", "moreThan")
	return Rule{
		Share:    readShare(r.Field("share")),
		Of:       r.Field("of").OneOf(bases...),
		MoreThan: readMoreThan(r),
	}
}
