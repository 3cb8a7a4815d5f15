package counting

import (
	"slices"

	"popvote-verify-go/internal/strictjson"
)

const countMax = 1<<40 - 1

// Tie is what the rules of the law left equal.
type Tie struct {
	// Tied options by their numbers, of which Places can win.
	Tied   []string
	Places int64
	// Order in which lots were drawn; nil while none were.
	Order []string
}

// Published is the results of one contest as they were published.
type Published struct {
	Counted
	// Order of the options in the document, and their numbers.
	order   []string
	numbers []int64
	votes   []int64
	kind    string
	method  string
	// body is read by the checks of the count.
	body strictjson.Reader
	tie  *Tie
}

// ReadPublished reads what every count of a contest has.
func ReadPublished(r strictjson.Reader) Published {
	p := Published{body: r, kind: r.Field("kind").OneOf("winner", "seats"), method: r.Field("method").Match(localID)}
	p.ContestID = r.Field("contestId").Match(localID)
	p.Valid = r.Field("valid").Int(0, countMax)
	p.Abstained = r.Field("abstained").Int(0, countMax)
	for _, item := range r.Field("options").List(1, optionsMax) {
		id := item.Field("optionId").Match(localID)
		p.order = append(p.order, id)
		p.numbers = append(p.numbers, item.Field("number").Int(1, countMax))
		p.votes = append(p.votes, item.Field("votes").Int(0, countMax))
	}
	if tie := r.Field("tie"); !tie.IsNull() {
		p.tie = readTie(tie)
	}
	return p
}

func readTie(r strictjson.Reader) *Tie {
	tie := &Tie{Tied: readIDs(r.Field("tied"), 1), Places: r.Field("seatsLeft").Int(1, countMax)}
	if lot := r.Field("lot"); !lot.IsNull() {
		tie.Order = readIDs(lot.Field("order"), 2)
	}
	return tie
}

func readIDs(r strictjson.Reader, least int) []string {
	ids := []string{}
	for _, item := range r.List(least, optionsMax) {
		ids = append(ids, item.Match(localID))
	}
	return ids
}

// ReadStation reads the count of one contest at a station.
func ReadStation(r strictjson.Reader) Counted {
	counted := Counted{
		ContestID: r.Field("contestId").Match(localID),
		Valid:     r.Field("valid").Int(0, countMax),
		Abstained: r.Field("abstained").Int(0, countMax),
	}
	for _, item := range r.Field("votes").List(0, optionsMax) {
		counted.Votes = append(counted.Votes, item.Int(0, countMax))
	}
	return counted
}

// FaultOfForm is empty where the results are of this contest, by the options' numbers.
func (p *Published) FaultOfForm(contest Contest) string {
	kind := "winner"
	if contest.SharesSeats() {
		kind = "seats"
	}
	if p.ContestID != contest.ID || p.kind != kind || p.method != contest.Method || len(p.order) != len(contest.Options) {
		return "the results are of another contest"
	}
	p.Votes = make([]int64, len(contest.Options))
	for place, option := range contest.Options {
		at := slices.Index(p.order, option.ID)
		if at < 0 || p.numbers[at] != option.Number {
			return "the results are of other options"
		}
		p.Votes[place] = p.votes[at]
	}
	return ""
}
