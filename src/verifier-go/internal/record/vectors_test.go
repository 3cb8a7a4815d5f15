package record

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"popvote-verify-go/internal/strictjson"
)

// readVectors reads a file of the project's test vectors, which stand beside the sources and not in this folder.
func readVectors(t *testing.T, name string, to any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../../test/vectors", name))
	if os.IsNotExist(err) {
		t.Skip("the test vectors of the project are not here")
	}
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	bytes, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

func TestKeysThatOthersPublishedAreRead(t *testing.T) {
	var vectors struct{ Keys []struct{ Key string } }
	readVectors(t, "notes.json", &vectors)
	witnesses := 0
	for _, each := range vectors.Keys {
		if _, err := ParseWitness(each.Key); err == nil {
			witnesses++
		}
	}
	if witnesses != 1 {
		t.Errorf("%d of the keys are of witnesses", witnesses)
	}
}

func TestTheManifestHasItsOrigin(t *testing.T) {
	var vectors struct {
		Manifest                                json.RawMessage
		Canonical, ManifestHash, Groups, Origin string
	}
	readVectors(t, "manifest.json", &vectors)
	value, err := strictjson.Parse(vectors.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(strictjson.Canonical(value)); got != vectors.Canonical {
		t.Error(got)
	}
	m, err := ReadManifest(value)
	if err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(m.M[:]) != vectors.ManifestHash || ShowM(m.M) != vectors.Groups || m.Origin() != vectors.Origin {
		t.Error(ShowM(m.M), m.Origin())
	}
}

func TestCastsHaveTheirEntriesAndReceipts(t *testing.T) {
	var casts []struct {
		ManifestHash, BallotText, Tracker, Content, Entry, Leaf, Origin, ElectionID string
		Receipt                                                                     json.RawMessage
		Keys                                                                        struct {
			Receipts struct{ Seed, Kid string }
		}
	}
	readVectors(t, "casts.json", &casts)
	for _, cast := range casts {
		commitment := Commitment([32]byte(fromHex(t, cast.ManifestHash)), [32]byte(fromHex(t, cast.Tracker)), []byte(cast.BallotText))
		if hex.EncodeToString(commitment[:]) != cast.Content {
			t.Errorf("the commitment is %x", commitment)
		}
		entry := Entry(fromHex(t, cast.Entry))
		if leaf := entry.Leaf(); hex.EncodeToString(leaf[:]) != cast.Leaf {
			t.Errorf("the leaf is %x", leaf)
		}
		key := ed25519.NewKeyFromSeed(fromHex(t, cast.Keys.Receipts.Seed)).Public().(ed25519.PublicKey)
		if !NewEntrySigner(cast.Origin).Verify(key, entry) {
			t.Error("the entry is not signed")
		}
		receipt, err := ParseReceipt(cast.Receipt)
		if err != nil {
			t.Fatal(err)
		}
		saved, err := ParseReceipt([]byte(`{"receipt":` + string(cast.Receipt) + `}`))
		if err != nil || saved.Leaf() != receipt.Leaf() {
			t.Error("the file that a voter saves is not read")
		}
		if _, err := ParseReceipt([]byte(`{"receipt":` + string(cast.Receipt) + `,"more":1}`)); err == nil {
			t.Error("a receipt with another member beside it is read")
		}
		if receipt.Leaf() != entry.Leaf() || receipt.origin != cast.Origin || receipt.kid != cast.Keys.Receipts.Kid {
			t.Error("the receipt is of another entry")
		}
	}
	if len(casts) == 0 {
		t.Error("no casts")
	}
}

// treeOf is the tree of entries.
func treeOf(entries [][]byte) *Tree {
	tree := &Tree{Size: int64(len(entries))}
	hashes := make([]tlog.Hash, len(entries))
	for i, entry := range entries {
		hashes[i] = tlog.RecordHash(entry)
	}
	for len(hashes) > 0 {
		tree.Levels = append(tree.Levels, hashes)
		above := make([]tlog.Hash, len(hashes)/TileWidth)
		for i := range above {
			above[i] = SubtreeHash(hashes[i*TileWidth : (i+1)*TileWidth])
		}
		hashes = above
	}
	return tree
}

func TestTreesHaveTheirRootsAndTiles(t *testing.T) {
	var vectors struct {
		Known struct{ Entries, Roots []string }
		Sizes []struct {
			Size            int
			Root, TilesHash string
		}
	}
	readVectors(t, "trees.json", &vectors)
	var known [][]byte
	for _, entry := range vectors.Known.Entries {
		known = append(known, fromHex(t, entry))
	}
	tree := treeOf(known)
	for size, want := range vectors.Known.Roots {
		if root, err := tree.RootAt(int64(size)); err != nil || hex.EncodeToString(root[:]) != want {
			t.Errorf("the root of %d entries is %x: %v", size, root, err)
		}
	}
	for _, each := range vectors.Sizes {
		var entries [][]byte
		for i := range each.Size {
			entries = append(entries, []byte(fmt.Sprint("entry ", i)))
		}
		tree := treeOf(entries)
		if root, err := tree.RootAt(tree.Size); err != nil || hex.EncodeToString(root[:]) != each.Root {
			t.Errorf("the root of %d entries is %x: %v", each.Size, root, err)
		}
		all := sha256.New()
		for level := range tree.Levels {
			for _, place := range TilesOf(level, tree.Size) {
				var tile []byte
				for _, hash := range tree.Levels[level][place.Index*TileWidth:][:place.Width] {
					tile = append(tile, hash[:]...)
				}
				fmt.Fprintf(all, "%s %x\n", place.Path(fmt.Sprint("tile/", level)), sha256.Sum256(tile))
			}
		}
		if got := hex.EncodeToString(all.Sum(nil)); got != each.TilesHash {
			t.Errorf("the tiles of %d entries have the hash %s", each.Size, got)
		}
	}
}
