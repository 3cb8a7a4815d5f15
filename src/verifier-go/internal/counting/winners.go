package counting

// elect gives the seats to the options with the most votes that have what the law requires.
func (e *Election) elect(place int) Outcome {
	contest, votes := &e.Contests[place], e.Published[place].Votes
	seats := 1
	if contest.Seats != nil {
		seats = int(*contest.Seats)
	}
	outcome := Outcome{Won: make([]int64, len(votes))}
	var able []int
	if e.hasQuorum(place) {
		for option := range votes {
			if e.isAble(place, option) {
				able = append(able, option)
			}
		}
	}
	if len(able) <= seats {
		outcome.Empty = int64(seats - len(able))
	}
	winners, equal := strongest(able, seats, func(option int) int64 { return votes[option] })
	for _, option := range winners {
		outcome.Won[option]++
	}
	if len(equal) > 0 {
		e.settle(place, &outcome, equal, seats-len(winners))
	}
	return outcome
}

// isAble tells whether an option may be elected: it has votes, is not withdrawn and has what the law requires.
func (e *Election) isAble(place, option int) bool {
	votes := e.Published[place].Votes[option]
	if votes == 0 || e.isWithdrawn(place, option) {
		return false
	}
	bases := e.basesOf(place)
	for _, rule := range e.Contests[place].Law.Required {
		if votes < rule.needed(bases[rule.Of]) {
			return false
		}
	}
	return true
}
