// Package record has the formats of the public log: manifest, entry, tree, checkpoint, receipt, closing and opening.
package record

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"regexp"
	"slices"

	"popvote-verify-go/internal/strictjson"
)

// Key is an Ed25519 key with its name.
type Key struct {
	Kid string
	X   ed25519.PublicKey
}

// fieldPrime is 2^255 - 19, little-endian.
var fieldPrime = func() []byte {
	prime := bytes.Repeat([]byte{0xff}, 32)
	prime[0], prime[31] = 0xed, 0x7f
	return prime
}()

// IsKey tells whether 32 bytes are a key whose coordinate is below 2^255 - 19: implementations of RFC 8032 differ about others.
func IsKey(key []byte) bool {
	if len(key) != ed25519.PublicKeySize {
		return false
	}
	y := bytes.Clone(key)
	y[31] &= 0x7f
	slices.Reverse(y)
	prime := bytes.Clone(fieldPrime)
	slices.Reverse(prime)
	return bytes.Compare(y, prime) < 0
}

func readPublicKey(r strictjson.Reader) ed25519.PublicKey {
	key := r.Bytes(ed25519.PublicKeySize)
	if !IsKey(key) {
		r.Refuse("is no key that every implementation treats alike")
	}
	return key
}

func readKey(r strictjson.Reader) Key {
	r.Object("kid", "x")
	return Key{r.Field("kid").Match(kidForm), readPublicKey(r.Field("x"))}
}

// Signed is a document of the form {"<member>": …, "signature": {"kid", "alg", "value"}}.
type Signed struct {
	Body      any
	kid       string
	signature []byte
}

var kidForm = regexp.MustCompile(`^[!-~]{1,64}$`)

// ParseSigned reads a signed document without verifying it. `others` are members that it may have beside the two.
func ParseSigned(text []byte, member string, others ...string) (Signed, error) {
	value, err := strictjson.Parse(text)
	if err != nil {
		return Signed{}, err
	}
	var signed Signed
	err = strictjson.Decode(value, func(r strictjson.Reader) {
		r.Object(append([]string{member, "signature"}, others...)...)
		signed.Body = r.Field(member).Value()
		signature := r.Field("signature").Object("kid", "alg", "value")
		signature.Field("alg").OneOf("EdDSA")
		signed.kid = signature.Field("kid").Match(kidForm)
		signed.signature = signature.Field("value").Bytes(ed25519.SignatureSize)
	})
	return signed, err
}

// Verify checks the signature over the RFC 8785 form of the body.
func (s Signed) Verify(key Key) error {
	if s.kid != key.Kid {
		return fmt.Errorf("signed by the key %q, not %q", s.kid, key.Kid)
	}
	if !ed25519.Verify(key.X, strictjson.Canonical(s.Body), s.signature) {
		return fmt.Errorf("the signature does not verify")
	}
	return nil
}
