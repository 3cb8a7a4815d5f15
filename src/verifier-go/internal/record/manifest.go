package record

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"

	"popvote-verify-go/internal/counting"
	"popvote-verify-go/internal/strictjson"
)

// Manifest is what an election is, fixed at its opening (section 3.1).
type Manifest struct {
	ElectionID string
	Rehearsal  bool
	Contests   []counting.Contest
	Channels   []string
	// Disclosed tells whether all online ballots are opened after the count.
	Disclosed bool
	Host      string
	Log       ed25519.PublicKey
	Receipts  Key
	Deposits  Key
	Publisher Key
	Quorum    int
	Witnesses []Witness
	// Unsupported names what this version cannot verify: sealed ballots or tokens.
	Unsupported string
	// M is SHA-256("popvote/manifest/v1\0" | RFC 8785 form).
	M [32]byte
	// ContestForm is the RFC 8785 form of the contests.
	ContestForm []byte
}

var (
	electionIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	hostForm       = regexp.MustCompile(`^[A-Za-z0-9.:\[\]-]{1,255}$`)
)

// IsElectionID tells whether a text can be the id of an election.
func IsElectionID(text string) bool { return electionIDForm.MatchString(text) }

// ManifestHash is M of the body of a manifest.
func ManifestHash(body any) [32]byte {
	return sha256.Sum256(append([]byte("popvote/manifest/v1\x00"), strictjson.Canonical(body)...))
}

// EncodeM is M as it stands at the end of an origin.
func EncodeM(m [32]byte) string { return base64.RawURLEncoding.EncodeToString(m[:]) }

// ShowM is M as organisers announce it: 64 hexadecimal digits in groups of four.
func ShowM(m [32]byte) string {
	digits := hex.EncodeToString(m[:])
	groups := make([]string, 0, 16)
	for ; digits != ""; digits = digits[4:] {
		groups = append(groups, digits[:4])
	}
	return strings.Join(groups, " ")
}

// ParseM reads M as 64 hexadecimal digits, in groups or not, or in base64url.
func ParseM(text string) (m [32]byte, ok bool) {
	bytes, err := hex.DecodeString(strings.Map(withoutSeparators, text))
	if err != nil || len(bytes) != len(m) {
		bytes, _ = strictjson.Base64URL(text)
	}
	return m, len(bytes) == copy(m[:], bytes) && len(bytes) == len(m)
}

// withoutSeparators drops white space (with the byte order mark, as in ECMAScript), colons and hyphens.
func withoutSeparators(char rune) rune {
	if unicode.IsSpace(char) || char == '\uFEFF' || char == ':' || char == '-' {
		return -1
	}
	return char
}

// Origin is the name of the log, and its address without the scheme.
func (m *Manifest) Origin() string {
	return m.Host + "/log/" + m.ElectionID + "/" + EncodeM(m.M)
}

// Admits tells whether ballots may come by a channel.
func (m *Manifest) Admits(channel string) bool {
	for _, each := range m.Channels {
		if each == channel {
			return true
		}
	}
	return false
}

// ReadManifest reads the body of a signed manifest.
func ReadManifest(body any) (*Manifest, error) {
	m := &Manifest{M: ManifestHash(body)}
	err := strictjson.Decode(body, func(r strictjson.Reader) {
		r.Object("version", "electionId", "rehearsal", "contests", "identity", "channels", "minBatch", "disclosure",
			"log", "receipts", "deposits", "publisher", "witnesses", "auditors", "sealing", "tokens")
		r.Field("version").Int(1, 1)
		m.ElectionID = r.Field("electionId").Match(electionIDForm)
		m.Rehearsal = r.Field("rehearsal").Bool()
		r.Field("minBatch").Int(1, countMax)
		m.ContestForm = strictjson.Canonical(r.Field("contests").Value())
		m.Contests = counting.ReadContests(r.Field("contests"))
		r.Field("identity").Names()
		m.Channels = readChannels(r.Field("channels"))
		m.Disclosed = r.Field("disclosure").OneOf("none", "ballots") == "ballots"
		log := r.Field("log").Object("host", "key")
		m.Host = log.Field("host").Match(hostForm)
		m.Log = readPublicKey(log.Field("key"))
		m.Receipts = readKey(r.Field("receipts"))
		m.Deposits = readKey(r.Field("deposits"))
		m.Publisher = readKey(r.Field("publisher"))
		m.readSigners(r)
		if !r.Field("sealing").IsNull() {
			m.Unsupported = "sealed ballots"
		}
		if !r.Field("tokens").IsNull() {
			m.Unsupported = "tokens"
		}
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func readChannels(r strictjson.Reader) []string {
	var channels []string
	for _, item := range r.List(1, 2) {
		channel := item.OneOf("online", "batches")
		if len(channels) > 0 && channels[0] == channel {
			item.Refuse("is repeated")
		}
		channels = append(channels, channel)
	}
	return channels
}

// signersMax is the most witnesses or auditors of a manifest.
const signersMax = 100

func (m *Manifest) readSigners(r strictjson.Reader) {
	m.Quorum, m.Witnesses = readCosigners(r.Field("witnesses"))
	names, keys := map[string]bool{}, map[string]bool{}
	for _, each := range m.Witnesses {
		if names[each.Name] || keys[string(each.Key)] {
			r.Field("witnesses").Refuse("has a name or a key twice")
		}
		names[each.Name], keys[string(each.Key)] = true, true
	}
	readCosigners(r.Field("auditors"))
}

func readCosigners(r strictjson.Reader) (quorum int, cosigners []Witness) {
	r.Object("quorum", "keys")
	for _, item := range r.Field("keys").List(0, signersMax) {
		cosigner, err := ParseWitness(item.Text(1, 1_000))
		if err != nil {
			item.Refuse("is no key of a witness")
		}
		cosigners = append(cosigners, cosigner)
	}
	return int(r.Field("quorum").Int(0, signersMax)), cosigners
}
