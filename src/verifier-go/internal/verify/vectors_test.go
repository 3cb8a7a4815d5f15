package verify

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"popvote-verify-go/internal/record"
)

// TestTheElectionsOfTheVectorsAreVerified reads whole elections that the platform's own formats made.
func TestTheElectionsOfTheVectorsAreVerified(t *testing.T) {
	const folder = "../../../../test/vectors/elections"
	elections, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		t.Skip("the test vectors of the project are not here")
	}
	for _, each := range elections {
		var given struct {
			ElectionID, ManifestHash string
			Size                     int64
			Exit                     int
		}
		at := filepath.Join(folder, each.Name())
		text, err := os.ReadFile(filepath.Join(at, "given.json"))
		if err == nil {
			err = json.Unmarshal(text, &given)
		}
		m, ok := record.ParseM(given.ManifestHash)
		if err != nil || !ok {
			t.Fatal(each.Name(), err)
		}
		options := Options{ElectionID: given.ElectionID, From: filepath.Join(at, "served"), M: &m, Now: time.Now(),
			Checkpoints: filepath.Join(at, "checkpoints"), Receipts: []string{filepath.Join(at, "receipts/receipt.json")}}
		if _, err := os.Stat(filepath.Join(at, "openings")); err == nil {
			options.Openings = filepath.Join(at, "openings")
		}
		report := Run(options)
		if report.Exit != given.Exit || *report.Size != given.Size || !report.has(5) || !report.has(11) {
			t.Errorf("%s: %s", each.Name(), report.Text())
		}
		if given.Exit == ExitVerified && (!report.has(24) || !report.has(25) || slices.Contains(report.Notes, "online-contents-not-verified")) {
			t.Errorf("%s: %s", each.Name(), report.Text())
		}
	}
	if err != nil || len(elections) == 0 {
		t.Error("no elections", err)
	}
}
