package counting

import (
	"bytes"
	"errors"

	"popvote-verify-go/internal/strictjson"
)

// Counted is the ballots of one contest.
type Counted struct {
	ContestID string
	// Valid ballots have a choice, Abstained ones have none.
	Valid, Abstained int64
	// Votes by the place of the option.
	Votes []int64
}

// NewCounted has no ballots.
func NewCounted(contest Contest) Counted {
	return Counted{ContestID: contest.ID, Votes: make([]int64, len(contest.Options))}
}

// Add the ballots of another count of the contest, up to the largest number that a document has. It is false where the other is of another contest.
func (c *Counted) Add(other Counted, contestID string) bool {
	if other.ContestID != contestID || len(other.Votes) != len(c.Votes) {
		return false
	}
	c.Valid = min(c.Valid+other.Valid, countMax)
	c.Abstained = min(c.Abstained+other.Abstained, countMax)
	for place, votes := range other.Votes {
		c.Votes[place] = min(c.Votes[place]+votes, countMax)
	}
	return true
}

// Equals tells whether both have the same ballots.
func (c Counted) Equals(other Counted) bool {
	equal := c.Valid == other.Valid && c.Abstained == other.Abstained && len(c.Votes) == len(other.Votes)
	for place := 0; equal && place < len(c.Votes); place++ {
		equal = c.Votes[place] == other.Votes[place]
	}
	return equal
}

// Minus takes the ballots of another count of the contest away.
func (c Counted) Minus(other Counted) Counted {
	rest := Counted{c.ContestID, c.Valid - other.Valid, c.Abstained - other.Abstained, make([]int64, len(c.Votes))}
	for place := range c.Votes {
		rest.Votes[place] = c.Votes[place] - other.Votes[place]
	}
	return rest
}

// IsPossible tells whether so many ballots can have these votes.
func (c Counted) IsPossible(contest Contest, ballots int64) bool {
	if c.Valid < 0 || c.Abstained < 0 || c.Valid+c.Abstained != ballots {
		return false
	}
	if c.Abstained > 0 && !contest.AllowsBlank() {
		return false
	}
	var sum int64
	for _, votes := range c.Votes {
		if votes < 0 || votes > c.Valid {
			return false
		}
		sum += votes
	}
	least, most := contest.choices()
	return sum >= c.Valid*least && sum <= c.Valid*most
}

// AllowsBlank tells whether a ballot may choose nothing.
func (c *Contest) AllowsBlank() bool { return c.Abstain || c.MinChoices == 0 }

// choices are the fewest and most of a ballot that chooses something.
func (c *Contest) choices() (least, most int64) {
	return int64(max(1, c.MinChoices)), int64(min(c.MaxChoices, len(c.Options)))
}

// Totals are the ballots by contest.
type Totals []Counted

// NewTotals has no ballots.
func NewTotals(contests []Contest) Totals {
	totals := make(Totals, len(contests))
	for i, contest := range contests {
		totals[i] = NewCounted(contest)
	}
	return totals
}

// Add one ballot: the places of its choices by contest.
func (t Totals) Add(choices [][]int) {
	for contest, places := range choices {
		if len(places) == 0 {
			t[contest].Abstained++
			continue
		}
		t[contest].Valid++
		for _, place := range places {
			t[contest].Votes[place]++
		}
	}
}

// ReadBallot reads a ballot in its one canonical form: RFC 8785, contests in the order of the election, choices in the
// order of their numbers. It returns the places of the choices by contest.
func ReadBallot(contests []Contest, text []byte) ([][]int, error) {
	value, err := strictjson.Parse(text)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(strictjson.Canonical(value), text) {
		return nil, errors.New("not in RFC 8785 form")
	}
	choices := make([][]int, len(contests))
	err = strictjson.Decode(value, func(r strictjson.Reader) {
		list := r.Object("contests").Field("contests").List(len(contests), len(contests))
		for i, item := range list {
			item.Object("contestId", "choices")
			if item.Field("contestId").Value() != contests[i].ID {
				item.Refuse("is of another contest")
			}
			choices[i] = readChoices(&contests[i], item.Field("choices"))
		}
	})
	return choices, err
}

func readChoices(contest *Contest, r strictjson.Reader) []int {
	var places []int
	for _, item := range r.List(0, len(contest.Options)) {
		id, _ := item.Value().(string)
		place, known := contest.Place(id)
		if !known || len(places) > 0 && place <= places[len(places)-1] {
			item.Refuse("is no option, or not in order")
		}
		places = append(places, place)
	}
	least, most := contest.choices()
	number := int64(len(places))
	if number == 0 && !contest.AllowsBlank() || number > 0 && (number < least || number > most) {
		r.Refuse("has too few or too many choices")
	}
	return places
}
