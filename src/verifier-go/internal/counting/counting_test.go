package counting

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"popvote-verify-go/internal/strictjson"
)

// one is an election of one contest with these votes; rules are members of the contest in JSON, options of each option.
func one(t *testing.T, rules string, votes []int64, options ...string) *Election {
	t.Helper()
	var list []string
	for place := range votes {
		extra := ""
		if place < len(options) && options[place] != "" {
			extra = "," + options[place]
		}
		list = append(list, fmt.Sprintf(`{"id":"option-%d","number":%d,"title":{"en":"x"}%s}`, place+1, place+1, extra))
	}
	text := fmt.Sprintf(`[{"id":"c","title":{"en":"c"},"minChoices":1,"maxChoices":1,"abstain":true,"options":[%s],%s}]`,
		strings.Join(list, ","), rules)
	value, err := strictjson.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	election := &Election{}
	if err := strictjson.Decode(value, func(r strictjson.Reader) { election.Contests = ReadContests(r) }); err != nil {
		t.Fatal(err)
	}
	election.Published = []Published{{Counted: Counted{ContestID: "c", Valid: sum(votes), Votes: votes}}}
	return election
}

func (e *Election) shareSeats() Outcome {
	lists := make([]list, len(e.Published[0].Votes))
	for option := range lists {
		lists[option] = e.listOf(0, option)
	}
	return e.share(0, lists)
}

// The example of docs/results.md: 249 seats are certain, 80 ÷ 42 and 200 ÷ 105 are the same number.
func TestTheLastOf250SeatsIsTied(t *testing.T) {
	e := one(t, `"method":"dhondt","seats":250,"thresholdPercent":5`, []int64{20, 80, 100, 100, 200})
	outcome := e.shareSeats()
	if !slices.Equal(outcome.Won, []int64{0, 41, 52, 52, 104}) || !slices.Equal(outcome.Tied, []int{1, 4}) || outcome.TiePlaces != 1 {
		t.Fatal(outcome)
	}
	e.Published[0].tie = &Tie{Order: []string{"option-5", "option-2"}}
	if outcome := e.shareSeats(); !slices.Equal(outcome.Won, []int64{0, 41, 52, 52, 105}) {
		t.Fatal(outcome)
	}
	e.Published[0].tie = &Tie{Order: []string{"option-5", "option-3"}}
	if outcome := e.shareSeats(); !slices.Equal(outcome.Won, []int64{0, 41, 52, 52, 104}) {
		t.Fatal("a lot among others decides nothing", outcome)
	}
}

func TestAThresholdIsMetExactly(t *testing.T) {
	for _, each := range []struct {
		share string
		seats []int64
	}{
		{`{"numerator":1,"denominator":3}`, []int64{2, 1}},
		{`{"numerator":1,"denominator":3},"moreThan":true`, []int64{3, 0}},
	} {
		e := one(t, `"method":"dhondt","seats":3,"law":{"threshold":{"share":`+each.share+`,"of":"votes"}}`, []int64{66, 33})
		if outcome := e.shareSeats(); !slices.Equal(outcome.Won, each.seats) {
			t.Error(each.share, outcome)
		}
	}
}

func TestQuotientsAreExactBeyondFloatingPoint(t *testing.T) {
	// 19,999,999,999 ÷ 2 is less than 10,000,000,000 by half a vote.
	e := one(t, `"method":"dhondt","seats":2`, []int64{19_999_999_999, 10_000_000_000})
	if outcome := e.shareSeats(); !slices.Equal(outcome.Won, []int64{1, 1}) || outcome.Tied != nil {
		t.Fatal(outcome)
	}
	e = one(t, `"method":"dhondt","seats":2`, []int64{20_000_000_000, 10_000_000_000})
	if outcome := e.shareSeats(); !slices.Equal(outcome.Tied, []int{0, 1}) {
		t.Fatal(outcome)
	}
}

func TestAFactorAndAFirstDivisorAreExact(t *testing.T) {
	law := `"law":{"threshold":{"share":{"numerator":30,"denominator":100},"of":"votes","exemptFactor":{"numerator":27,"denominator":20}}}`
	e := one(t, `"method":"dhondt","seats":5,`+law, []int64{80, 20}, "", `"threshold":"exempt"`)
	// 20 × 1.35 = 27 is more than 80 ÷ 4 = 20 and 80 ÷ 3, and less than 80 ÷ 2.
	if outcome := e.shareSeats(); !slices.Equal(outcome.Won, []int64{4, 1}) {
		t.Fatal(outcome)
	}
	e = one(t, `"method":"sainteLague","seats":2,"law":{"firstDivisor":{"numerator":14,"denominator":10}}`, []int64{300, 140})
	// 300 ÷ 3 = 100 = 140 ÷ 1.4
	if outcome := e.shareSeats(); !slices.Equal(outcome.Tied, []int{0, 1}) {
		t.Fatal(outcome)
	}
}

func TestSeatsOfAFullListGoToTheNext(t *testing.T) {
	e := one(t, `"method":"dhondt","seats":4`, []int64{90, 10}, `"candidates":1`)
	if outcome := e.shareSeats(); !slices.Equal(outcome.Won, []int64{1, 3}) {
		t.Fatal(outcome)
	}
	e = one(t, `"method":"dhondt","seats":4`, []int64{90, 10}, `"candidates":1`, `"candidates":2`)
	if outcome := e.shareSeats(); outcome.Empty != 1 {
		t.Fatal(outcome)
	}
}

func TestTheElectedHaveWhatTheLawRequires(t *testing.T) {
	e := one(t, `"method":"plurality","seats":3,"law":{"required":[{"votes":25}],"tieRules":["lower-number"]}`, []int64{40, 30, 30, 10})
	if outcome := e.elect(0); !slices.Equal(outcome.Won, []int64{1, 1, 1, 0}) || outcome.Empty != 0 {
		t.Fatal(outcome)
	}
	e = one(t, `"method":"plurality","seats":2,"law":{"required":[{"votes":25}],"tieRules":["lower-number"]}`, []int64{40, 30, 30, 10})
	if outcome := e.elect(0); !slices.Equal(outcome.Won, []int64{1, 1, 0, 0}) || len(outcome.Decisions) != 1 {
		t.Fatal(outcome)
	}
	e = one(t, `"method":"plurality"`, []int64{40, 40, 1})
	if outcome := e.elect(0); !slices.Equal(outcome.Tied, []int{0, 1}) || sum(outcome.Won) != 0 {
		t.Fatal(outcome)
	}
}

func TestBallotsAreCanonicalAndValid(t *testing.T) {
	value, err := strictjson.Parse([]byte(`[
	 {"id":"a","title":{"en":"a"},"method":"approval","minChoices":2,"maxChoices":2,"abstain":true,"options":[
	  {"id":"x","number":2,"title":{"en":"x"}},{"id":"y","number":1,"title":{"en":"y"}},{"id":"z","number":3,"title":{"en":"z"}}]},
	 {"id":"b","title":{"en":"b"},"method":"plurality","minChoices":1,"maxChoices":1,"abstain":false,"options":[{"id":"x","number":1,"title":{"en":"x"}}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	var contests []Contest
	if err := strictjson.Decode(value, func(r strictjson.Reader) { contests = ReadContests(r) }); err != nil {
		t.Fatal(err)
	}
	ballot := func(a, b string) string {
		return `{"contests":[{"choices":[` + a + `],"contestId":"a"},{"choices":[` + b + `],"contestId":"b"}]}`
	}
	for _, good := range []string{ballot(`"y","x"`, `"x"`), ballot(``, `"x"`), ballot(`"x","z"`, `"x"`)} {
		if _, err := ReadBallot(contests, []byte(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		ballot(`"x","y"`, `"x"`), ballot(`"x","x"`, `"x"`), ballot(`"x"`, `"x"`), ballot(`"y","x","z"`, `"x"`), ballot(`"y","x"`, ``),
		ballot(`"y","w"`, `"x"`), ballot(`"y", "x"`, `"x"`), ballot(`"y",1`, `"x"`),
		`{"contests":[{"choices":["y","x"],"contestId":"a"}]}`,
		`{"contests":[{"choices":["x"],"contestId":"b"},{"choices":[],"contestId":"a"}]}`,
		`{"contests":[{"contestId":"a","choices":[]},{"choices":["x"],"contestId":"b"}]}`,
	} {
		if _, err := ReadBallot(contests, []byte(bad)); err == nil {
			t.Errorf("%s is valid", bad)
		}
	}
}

func TestVotesThatNoBallotsCanHaveAreRefused(t *testing.T) {
	contest := one(t, `"method":"plurality"`, []int64{0, 0}).Contests[0]
	counted := Counted{"c", 10, 2, []int64{6, 4}}
	if !counted.IsPossible(contest, 12) || counted.IsPossible(contest, 11) {
		t.Error("the number of ballots")
	}
	if (Counted{"c", 10, 2, []int64{6, 5}}).IsPossible(contest, 12) || (Counted{"c", 10, 2, []int64{11, -1}}).IsPossible(contest, 12) {
		t.Error("the number of votes")
	}
}
