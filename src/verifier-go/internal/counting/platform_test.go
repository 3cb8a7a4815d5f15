package counting

import (
	"os"
	"testing"

	"popvote-verify-go/internal/strictjson"
)

// readElections reads elections that the platform counted.
func readElections(t *testing.T, name string) []Election {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	value, err := strictjson.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var elections []Election
	err = strictjson.Decode(value, func(r strictjson.Reader) {
		for _, item := range r.List(1, 1_000_000) {
			elections = append(elections, readElection(item))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return elections
}

func readElection(r strictjson.Reader) Election {
	election := Election{Contests: ReadContests(r.Field("contests"))}
	results := r.Field("results")
	if eligible := results.Field("turnout").Field("eligible"); !eligible.IsNull() {
		people := eligible.Int(0, countMax)
		election.Eligible = &people
	}
	for _, item := range results.Field("reconciliation").Field("batches").Field("invalidByReason").List(0, 3) {
		if item.Field("reason").Value() == "Invalid poll number." {
			election.Invalid += item.Field("rows").Int(0, countMax)
		}
	}
	for place, item := range results.Field("contests").List(1, contestsMax) {
		published := ReadPublished(item)
		if fault := published.FaultOfForm(election.Contests[place]); fault != "" {
			item.Refuse(fault)
		}
		election.Published = append(election.Published, published)
	}
	return election
}

// TestThePlatformCountsTheSame needs elections that the platform's own test writes to a file.
func TestThePlatformCountsTheSame(t *testing.T) {
	name := os.Getenv("POPVOTE_COUNTED_ELECTIONS")
	if name == "" {
		t.Skip("POPVOTE_COUNTED_ELECTIONS names no file of counted elections")
	}
	elections := readElections(t, name)
	faults := 0
	for number := range elections {
		election := &elections[number]
		for place, contest := range election.Contests {
			if fault := election.Fault(place); fault != "" {
				if faults++; faults <= 10 {
					t.Errorf("election %d, %s (%s): %s", number, contest.ID, contest.Method, fault)
				}
			}
		}
	}
	t.Logf("%d elections, %d contests differ", len(elections), faults)
}

// TestAMovedSeatIsFound moves one seat in elections that the platform counted.
func TestAMovedSeatIsFound(t *testing.T) {
	name := os.Getenv("POPVOTE_COUNTED_ELECTIONS")
	if name == "" {
		t.Skip("POPVOTE_COUNTED_ELECTIONS names no file of counted elections")
	}
	moved := 0
	elections := readElections(t, name)
	for number := range elections {
		election := &elections[number]
		for place, contest := range election.Contests {
			if !contest.SharesSeats() {
				continue
			}
			options := election.Published[place].body.Field("options").List(1, optionsMax)
			from, to := options[0].Value().(strictjson.Object), options[1].Value().(strictjson.Object)
			if from["seats"].(float64) == 0 {
				from, to = to, from
			}
			if from["seats"].(float64) == 0 {
				continue
			}
			from["seats"], to["seats"] = from["seats"].(float64)-1, to["seats"].(float64)+1
			if election.Fault(place) == "" {
				t.Errorf("election %d, %s: the moved seat was not found", number, contest.ID)
			}
			moved++
		}
	}
	if moved == 0 {
		t.Error("no seat was moved")
	}
}
