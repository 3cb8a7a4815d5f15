package verify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"popvote-verify-go/internal/record"
	"popvote-verify-go/internal/strictjson"
)

// object is a JSON document under construction.
type object = map[string]any

// signer is a key pair from a fixed seed.
func signer(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(name string) []byte { return signer(name).Public().(ed25519.PublicKey) }

func b64(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

const electionID = "library-2026"

const contestsJSON = `[
 {"id":"mayor","title":{"en":"Mayor"},"method":"plurality","minChoices":1,"maxChoices":1,"abstain":true,
  "options":[{"id":"ash","number":1,"title":{"en":"Ash"}},{"id":"birch","number":2,"title":{"en":"Birch"}}]},
 {"id":"house","title":{"en":"House","de":"Haus"},"method":"dhondt","minChoices":1,"maxChoices":1,"abstain":false,"seats":5,"thresholdPercent":2.5,
  "options":[{"id":"red","number":1,"title":{"en":"Red"}},{"id":"blue","number":2,"title":{"en":"Blue"}},{"id":"green","number":3,"title":{"en":"Green"}}]}]`

// vote is the choices of a ballot in both contests.
type vote struct{ mayor, house string }

func (v vote) text() []byte {
	mayor := fmt.Sprintf("%q", v.mayor)
	if v.mayor == "" {
		mayor = ""
	}
	return []byte(fmt.Sprintf(`{"contests":[{"choices":[%s],"contestId":"mayor"},{"choices":[%q],"contestId":"house"}]}`, mayor, v.house))
}

// election is a whole election in memory. Tests change parts of it before they write it to a folder.
type election struct {
	manifest object
	m        [32]byte
	origin   string
	// entries with their ballots and trackers, by index.
	entries  []record.Entry
	ballots  [][]byte
	trackers [][32]byte
	leaves   []tlog.Hash
	closing  object
	results  object
	// size of the tree that the checkpoint signs, and that of the closing.
	logKey    string
	cosigners []string
	receipts  []object
	repeated  []record.Entry
	final     bool
	// The closing document is not served.
	withoutClosing bool
	// files overrides what is written, by path; nil removes.
	files map[string][]byte
}

// ballotsOfATest fill one bundle and part of another. Every eighth is on paper.
const ballotsOfATest = 320

func voteOf(i int) vote {
	v := vote{[]string{"ash", "ash", "birch"}[i%3], []string{"red", "red", "blue", "red", "blue", "green", "red"}[i%7]}
	if i%10 == 0 {
		v.mayor = ""
	}
	return v
}

func newElection(change func(manifest object)) *election {
	return newElectionOf(ballotsOfATest, change)
}

func newElectionOf(size int, change func(manifest object)) *election {
	var contests any
	if err := json.Unmarshal([]byte(contestsJSON), &contests); err != nil {
		panic(err)
	}
	e := &election{final: true, logKey: "log", cosigners: []string{"w1", "w2"}, files: map[string][]byte{}}
	e.manifest = object{
		"version": 1, "electionId": electionID, "rehearsal": false, "contests": contests,
		"identity": object{"scheme": "hkid"}, "channels": []any{"online", "batches"}, "minBatch": 50, "disclosure": "none",
		"log":      object{"host": "vote.example.org", "key": b64(public("log"))},
		"receipts": object{"kid": "receipts-1", "x": b64(public("receipts"))}, "deposits": object{"kid": "deposits-1", "x": b64(public("deposits"))},
		"publisher": object{"kid": "publisher-1", "x": b64(public("publisher"))},
		"witnesses": object{"quorum": 2, "keys": []any{witnessKey("w1"), witnessKey("w2"), witnessKey("w3")}},
		"auditors":  object{"quorum": 0, "keys": []any{}}, "sealing": nil, "tokens": nil,
	}
	if change != nil {
		change(e.manifest)
	}
	e.m = record.ManifestHash(canonicalValue(e.manifest))
	e.origin = "vote.example.org/log/" + electionID + "/" + record.EncodeM(e.m)
	for i := range size {
		channel := record.Online
		if i%8 == 7 {
			channel = record.Batch
		}
		e.add(channel, voteOf(i), fmt.Sprint("cast ", i))
	}
	e.seal()
	return e
}

func witnessKey(name string) string {
	key := append([]byte{4}, public(name)...)
	hash := sha256.Sum256(append([]byte(name+".example.net/popvote\n"), key...))
	return fmt.Sprintf("%s.example.net/popvote+%x+%s", name, hash[:4], base64.StdEncoding.EncodeToString(key))
}

// canonicalValue is the value as the verifier parses it.
func canonicalValue(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	parsed, err := strictjson.Parse(text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func (e *election) add(channel byte, v vote, name string) {
	tracker := sha256.Sum256([]byte(name))
	tag := sha256.Sum256([]byte("popvote/cast-tag/v2\x00" + name))
	key := "receipts"
	if channel == record.Batch {
		key = "deposits"
		tag = sha256.Sum256(join("popvote/batch-tag/v2\x00", e.m[:], tracker[:]))
	}
	hash := sha256.Sum256(v.text())
	content := sha256.Sum256(join("popvote/commitment/v2\x00", e.m[:], tracker[:], hash[:]))
	e.addEntry(signer(key), 0, channel, tag, content)
	e.ballots, e.trackers = append(e.ballots, v.text()), append(e.trackers, tracker)
}

func (e *election) addEntry(key ed25519.PrivateKey, kind, channel byte, tag, content [32]byte) {
	head := join(string([]byte{2, kind, channel}), tag[:], content[:])
	origin := sha256.Sum256([]byte(e.origin))
	e.entries = append(e.entries, record.Entry(append(head, ed25519.Sign(key, join("popvote/receipt/v2\x00", origin[:], head))...)))
}

func join(prefix string, parts ...[]byte) []byte {
	return append([]byte(prefix), bytes.Join(parts, nil)...)
}

// seal makes the tree, the closing and the results of the entries.
func (e *election) seal() {
	e.leaves = nil
	online, batch := 0, 0
	for _, entry := range e.entries {
		e.leaves = append(e.leaves, tlog.Hash(sha256.Sum256(append([]byte{0}, entry...))))
		if entry[2] == record.Batch {
			batch++
		} else {
			online++
		}
	}
	root := e.root()
	e.closing = object{
		"version": 1, "origin": e.origin, "size": len(e.entries), "root": b64(root[:]), "online": online, "batch": batch,
		"repeated": 0, "participation": online, "participants": b64(make([]byte, 32)), "closedAt": "2026-11-30T20:00:00.000Z", "withdrawn": []any{},
		"batches": []any{object{"batchId": "b1", "rows": batch + 4, "counted": batch, "invalid": 3, "missing": 1}},
	}
	if batch == 0 {
		e.closing["batches"] = []any{}
	}
	e.results = e.resultsOf(online, batch, root)
	e.receipts = nil
	for i := range 3 {
		e.receipts = append(e.receipts, e.receiptOf(e.entries[i]))
	}
}

// repeat adds so many repeated ballots under the cast tag of the first entry, which is of an online ballot.
func (e *election) repeat(count int) {
	list := []record.Entry{}
	for i := range count {
		list = append(list, e.otherUnder(e.entries[0], 0, record.Online, fmt.Sprint("other ", i)))
	}
	e.repeatEntries(list...)
}

// otherUnder is another entry under the cast tag of an entry, signed by the ballot server.
func (e *election) otherUnder(entry record.Entry, kind, channel byte, content string) record.Entry {
	count := len(e.entries)
	e.addEntry(signer("receipts"), kind, channel, entry.CastTag(), sha256.Sum256([]byte(content)))
	other := e.entries[count]
	e.entries = e.entries[:count]
	return other
}

// repeatEntries publishes entries as those of repeated ballots, and makes the closing and the results for them.
func (e *election) repeatEntries(list ...record.Entry) {
	slices.SortFunc(list, func(a, b record.Entry) int { return bytes.Compare(a, b) })
	e.repeated = list
	online := e.closing["online"].(int)
	e.closing["repeated"], e.closing["participation"] = len(list), online+len(list)
	e.results["turnout"].(object)["online"] = online + len(list)
	e.results["reconciliation"].(object)["online"] = object{"received": online + len(list), "valid": online, "invalid": len(list)}
	var file []byte
	for _, entry := range list {
		file = append(file, entry...)
	}
	e.nameFile(file)
}

// nameFile publishes a file of repeated ballots, with its hash in the closing.
func (e *election) nameFile(file []byte) {
	hash := sha256.Sum256(file)
	e.closing["repeatedHash"] = b64(hash[:])
	e.files["repeated"] = file
}

func (e *election) receiptOf(entry record.Entry) object {
	return object{"version": 2, "electionId": electionID, "origin": e.origin, "kind": 0, "castTag": b64(entry[3:35]),
		"content": b64(entry[35:67]), "signature": b64(entry[67:]), "kid": "receipts-1"}
}

func (e *election) root() tlog.Hash {
	var hash func(leaves []tlog.Hash) tlog.Hash
	hash = func(leaves []tlog.Hash) tlog.Hash {
		if len(leaves) == 1 {
			return leaves[0]
		}
		half := 1
		for half*2 < len(leaves) {
			half *= 2
		}
		left, right := hash(leaves[:half]), hash(leaves[half:])
		return tlog.Hash(sha256.Sum256(join("\x01", left[:], right[:])))
	}
	if len(e.leaves) == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	return hash(e.leaves)
}

// resultsOf counts by hand: Ash has the most votes, and the seats are those of the quotients.
func (e *election) resultsOf(online, batch int, root tlog.Hash) object {
	votes := map[string]int{}
	for i := range e.ballots {
		v := voteOf(i)
		votes[v.mayor]++
		votes[v.house]++
	}
	total := len(e.ballots)
	valid := total - votes[""]
	ash, birch := votes["ash"], votes["birch"]
	seats := map[string]int{}
	for range 5 {
		best := "red"
		for _, id := range []string{"blue", "green"} {
			if votes[id]*(seats[best]+1) > votes[best]*(seats[id]+1) {
				best = id
			}
		}
		seats[best]++
	}
	house := []any{}
	for i, id := range []string{"red", "blue", "green"} {
		house = append(house, object{"optionId": id, "number": i + 1, "votes": votes[id], "share": object{"numerator": votes[id], "denominator": total},
			"standing": "eligible", "seats": seats[id], "nextDivisor": nil, "votesToNextSeat": nil})
	}
	needed := (total*25 + 999) / 1000
	return object{
		"electionId": electionID, "revision": 1, "closedAt": "2026-11-30T20:00:00.000Z", "rehearsal": false,
		"turnout": object{"eligible": nil, "online": online, "batches": batch + 3},
		"reconciliation": object{
			"online": object{"received": online, "valid": online, "invalid": 0},
			"batches": object{"received": batch + 3, "valid": batch, "invalid": 3, "files": 1, "missing": 1,
				"invalidByReason": []any{object{"reason": "Duplicate ballot.", "rows": 3}}},
		},
		"contests": []any{
			object{"contestId": "mayor", "kind": "winner", "method": "plurality", "valid": valid, "abstained": votes[""],
				"options": []any{
					object{"optionId": "ash", "number": 1, "votes": ash, "share": object{"numerator": ash, "denominator": valid}, "rank": 1},
					object{"optionId": "birch", "number": 2, "votes": birch, "share": object{"numerator": birch, "denominator": valid}, "rank": 2},
				}, "winner": "ash", "lead": ash - birch, "majority": true, "tie": nil},
			object{"contestId": "house", "kind": "seats", "method": "dhondt", "valid": total, "abstained": 0, "votes": total, "seats": 5,
				"threshold": object{"perMyriad": 250, "votesNeeded": needed}, "options": house, "seatsEmpty": 0, "tie": nil},
		},
		"record": object{"origin": e.origin, "size": len(e.entries), "root": b64(root[:]), "aggregate": nil},
	}
}

func sign(member string, body any) []byte {
	value := signed(ed25519.Sign(signer("publisher"), strictjson.Canonical(canonicalValue(body))))
	return strictjson.Canonical(canonicalValue(object{member: body, "signature": value}))
}

func signed(value []byte) object {
	return object{"kid": "publisher-1", "alg": "EdDSA", "value": b64(value)}
}

func (e *election) checkpoint() []byte {
	root := e.root()
	text := fmt.Sprintf("%s\n%d\n%s\n", e.origin, len(e.leaves), base64.StdEncoding.EncodeToString(root[:]))
	note := text + "\n" + signatureLine(e.origin, 1, public(e.logKey), ed25519.Sign(signer(e.logKey), []byte(text)))
	for _, name := range e.cosigners {
		note += cosign(name, text, 1_790_000_000)
	}
	return []byte(note)
}

func signatureLine(name string, algorithm byte, key, signature []byte) string {
	hash := sha256.Sum256(join(name+"\n", []byte{algorithm}, key))
	return fmt.Sprintf("— %s %s\n", name, base64.StdEncoding.EncodeToString(append(hash[:4], signature...)))
}

func cosign(name, text string, moment uint64) string {
	signature := ed25519.Sign(signer(name), []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", moment, text)))
	stamp := binary.BigEndian.AppendUint64(nil, moment)
	return signatureLine(name+".example.net/popvote", 4, public(name), append(stamp, signature...))
}

// publish gives all files of the log by their path.
func (e *election) publish() map[string][]byte {
	files := map[string][]byte{"manifest.json": sign("manifest", e.manifest), "checkpoint": e.checkpoint()}
	hashes := e.leaves
	for level := 0; len(hashes) > 0; level++ {
		var above []tlog.Hash
		for at := 0; at < len(hashes); at += 256 {
			group := hashes[at:min(at+256, len(hashes))]
			place := record.TilePlace{Level: level, Index: int64(at / 256), Width: len(group)}
			var tile, bundle []byte
			for i, hash := range group {
				tile = append(tile, hash[:]...)
				if level == 0 {
					bundle = append(binary.BigEndian.AppendUint16(bundle, 131), e.entries[at+i]...)
				}
			}
			files[place.Path(fmt.Sprint("tile/", level))] = tile
			if level == 0 {
				files[place.Path("tile/entries")] = bundle
			}
			if len(group) == 256 {
				above = append(above, record.SubtreeHash(group))
			}
		}
		hashes = above
	}
	if e.final {
		if !e.withoutClosing {
			files["closing.json"] = sign("closing", e.closing)
		}
		files["results.json"] = sign("results", e.results)
		for i := range e.ballots {
			if e.entries[i][2] == record.Batch {
				path := "opening/" + record.IndexPath(int64(i/256))
				files[path] = append(files[path], e.opening(i)...)
			}
		}
	}
	for path, content := range e.files {
		files[path] = content
		if content == nil {
			delete(files, path)
		}
	}
	return files
}

func (e *election) opening(index int) []byte {
	head := append(binary.BigEndian.AppendUint32(nil, uint32(index)), e.trackers[index][:]...)
	return append(binary.BigEndian.AppendUint16(head, uint16(len(e.ballots[index]))), e.ballots[index]...)
}

// onlineOpenings is what auditors get.
func (e *election) onlineOpenings() []byte {
	var all []byte
	for i := range e.ballots {
		if e.entries[i][2] == record.Online {
			all = append(all, e.opening(i)...)
		}
	}
	return all
}

func writeFile(t testing.TB, name string, content []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// verifyElection writes the files of the election to a folder and verifies them with its anchor and receipts.
func (e *election) verify(t testing.TB, change func(*Options)) *Report {
	t.Helper()
	folder := t.TempDir()
	for path, content := range e.publish() {
		writeFile(t, filepath.Join(folder, "log", path), content)
	}
	options := Options{ElectionID: electionID, From: filepath.Join(folder, "log"), M: &e.m, Now: time.Unix(1_800_000_000, 0)}
	for i, receipt := range e.receipts {
		text, _ := json.Marshal(receipt)
		options.Receipts = append(options.Receipts, writeFile(t, filepath.Join(folder, fmt.Sprint("receipt", i)), text))
	}
	if e.final {
		options.Openings = writeFile(t, filepath.Join(folder, "openings"), e.onlineOpenings())
	}
	if change != nil {
		change(&options)
	}
	return Run(options)
}
