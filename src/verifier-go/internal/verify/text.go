package verify

import (
	"fmt"
	"strings"
)

// titles of the steps, for people.
var titles = map[int]string{
	1:  "the manifest is the announced one, and its publisher signed it",
	2:  "it has the keys that you named",
	3:  "the log signed its size and root",
	4:  "enough witnesses signed the same",
	5:  "the log grew from every checkpoint that you saved",
	6:  "the tree has this root",
	7:  "every ballot of the tree is there",
	8:  "each came by a channel and in a form that the election admits",
	9:  "each was signed by the ballot server",
	10: "no ballot is in the log twice",
	11: "your receipts are in the log",
	12: "the log is the one that was closed",
	13: "there are as many ballots as voters who took part",
	14: "the paper ballots are those that count, batch by batch",
	15: "the opened ballots are those of the log",
	24: "the results are the sum of the ballots",
	25: "seats and winners follow from the votes by the law",
	26: "the results are signed and of this log",
}

var anchors = map[string]string{
	"manifest":  "Anchor: the hash of the manifest that you gave.",
	"publisher": "Anchor: the key of the publisher that you gave.",
	"none":      "No anchor: nothing from elsewhere says that this is the announced election. Give --manifest.",
}

var noteTexts = map[string]string{
	"stage-not-supported":          "This version verifies elections without sealed ballots and tokens.",
	"options-withdrawn":            "The closing document withdraws options. Check that the organiser withdrew them in public.",
	"ballots-repeated":             "Online ballots were left out as repeated ones. Only altered clients make them. Ask the organiser why they are there.",
	"online-contents-not-verified": "Online ballots: inclusion and number verified, contents not.",
}

var missingTexts = map[string]string{
	"closing":  "the log is not closed",
	"results":  "the results are not published",
	"openings": "the paper ballots are not opened",
}

var conclusions = map[int]string{
	ExitVerified:   "Verified.",
	ExitFailed:     "NOT VERIFIED.",
	ExitNotFinal:   "Right so far, but not final.",
	ExitUnreadable: "Cannot be verified: something could not be read.",
}

// Text of the report, for people. Its first line says what the report rests on.
func (r *Report) Text() string {
	var text strings.Builder
	line := func(format string, values ...any) { fmt.Fprintf(&text, format+"\n", values...) }
	line("%s", anchors[r.Anchor])
	line("Election  %s", r.ElectionID)
	if r.M != "" {
		line("Manifest  %s", r.M)
	}
	if r.Size != nil {
		line("Log       %d ballots, root %s, %d of %d witnesses", *r.Size, *r.Root, r.Witnesses, r.Quorum)
	}
	for _, step := range r.Steps {
		line("%-8s %2d  %s", step.Outcome, step.Step, titles[step.Step])
		for _, failure := range r.Failures {
			if failure.Step == step.Step {
				line("             %s: %s", failure.Reason, failure.Detail)
			}
		}
	}
	for _, code := range r.Missing {
		line("Missing: %s.", missingTexts[code])
	}
	for _, code := range r.Notes {
		line("%s", noteTexts[code])
	}
	for _, detail := range r.Unreadable {
		line("Cannot be read: %s", detail)
	}
	line("%s", conclusions[r.Exit])
	return text.String()
}
