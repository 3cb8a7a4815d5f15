package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWrongArgumentsAreAnswered(t *testing.T) {
	for _, arguments := range [][]string{
		{}, {"https://vote.example.org"}, {"vote.example.org", "library"}, {"https://vote.example.org", "no such/id"},
		{"https://vote.example.org", "library", "--manifest", "12"}, {"https://vote.example.org", "library", "--publisher", "AAAA"},
		{"https://vote.example.org", "library", "--receipts", "AAAA"}, {"https://vote.example.org", "library", "--deposits", "AAAA"},
		{"https://vote.example.org", "library", "--log-key", ""},
		{"https://vote.example.org", "library", "--unknown"}, {"https://vote.example.org", "library", "more"},
		{"https://vote.example.org", "library", "--receipt", "no-such-file"},
		{"https://vote.example.org", "library", "--copy", "."},
		{"https://vote.example.org", "library", "--manifest", ""}, {"https://vote.example.org", "library", "--from", ""},
		{"https://vote.example.org", "library", "--receipt", "."}, {"https://vote.example.org", "library", "--openings", "."},
		{"https://vote.example.org", "library", "--checkpoints", "main_test.go"},
	} {
		var out, problems bytes.Buffer
		if exit := run(arguments, &out, &problems); exit != 2 || out.Len() > 0 || !strings.Contains(problems.String(), "popvote-verify-go <url> <electionId>") {
			t.Errorf("%q: exit %d", arguments, exit)
		}
	}
}

func TestArgumentsComeInAnyOrder(t *testing.T) {
	key := strings.Repeat("A", 42) + "E"
	receipt := filepath.Join(t.TempDir(), "receipt.json")
	if err := os.WriteFile(receipt, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	options, asJSON, err := parse([]string{
		"--json", "https://vote.example.org", "--publisher", key, "library", "--receipt", receipt, "--receipt", receipt,
		"--receipts", key, "--deposits", key, "--log-key", key,
	})
	if err != nil || !asJSON || options.ElectionID != "library" || len(options.Receipts) != 2 || options.Publisher == nil {
		t.Fatal(options, err)
	}
	if options.ReceiptsKey == nil || options.DepositsKey == nil || options.LogKey == nil {
		t.Fatal(options)
	}
}

func TestAFolderWithoutAnElectionIsUnreadable(t *testing.T) {
	var out, problems bytes.Buffer
	if exit := run([]string{"https://vote.example.org", "library", "--from", t.TempDir(), "--json"}, &out, &problems); exit != 4 || !strings.Contains(out.String(), `"exit": 4`) {
		t.Fatal(exit, out.String())
	}
	if !strings.Contains(problems.String(), "manifest.json") {
		t.Error(problems.String())
	}
}
