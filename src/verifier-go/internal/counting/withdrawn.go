package counting

import (
	"errors"
	"slices"

	"popvote-verify-go/internal/strictjson"
)

// OptionName names an option of an election.
type OptionName struct{ ContestID, OptionID string }

// ReadOptionName reads the members of a document that name an option.
func ReadOptionName(r strictjson.Reader) OptionName {
	return OptionName{r.Field("contestId").Match(localID), r.Field("optionId").Match(localID)}
}

// Withdraw returns contests of which more options are withdrawn, and how many of these were not before. Each name is an option
// of the contests, and is there once.
func Withdraw(contests []Contest, names []OptionName) (withdrawn []Contest, more int, err error) {
	places := map[string]int{}
	withdrawn = slices.Clone(contests)
	for place, contest := range withdrawn {
		withdrawn[place].Options = slices.Clone(contest.Options)
		places[contest.ID] = place
	}
	seen := map[OptionName]bool{}
	for _, name := range names {
		place, known := places[name.ContestID]
		if !known || seen[name] {
			return nil, 0, errors.New("another contest, or an option twice, is withdrawn")
		}
		seen[name] = true
		option, known := contests[place].Place(name.OptionID)
		if !known {
			return nil, 0, errors.New("no option of the contest is withdrawn")
		}
		if !contests[place].Options[option].Withdrawn {
			more++
		}
		withdrawn[place].Options[option].Withdrawn = true
	}
	return withdrawn, more, nil
}
