// Package record has the formats of the public log: manifest, entry, tree, checkpoint, receipt, closing and opening.
package record

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
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

// smallOrder has the y coordinates of the points whose order divides 8. Under such a key one signature fits many texts.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
}

// IsSafeKey tells whether 32 bytes are a canonical encoding, and not that of a point of small order. Implementations of
// RFC 8032 differ about exactly these keys, so no key of an election may be one of them.
func IsSafeKey(key []byte) bool {
	if len(key) != ed25519.PublicKeySize {
		return false
	}
	y := bytes.Clone(key)
	y[31] &= 0x7f
	if slices.Contains(smallOrder, hex.EncodeToString(y)) {
		return false
	}
	slices.Reverse(y)
	prime := bytes.Clone(fieldPrime)
	slices.Reverse(prime)
	return bytes.Compare(y, prime) < 0
}

func readPublicKey(r strictjson.Reader) ed25519.PublicKey {
	key := r.Bytes(ed25519.PublicKeySize)
	if !IsSafeKey(key) {
		r.Refuse("is no key that every implementation treats alike")
	}
	return key
}

func readKey(r strictjson.Reader) Key {
	r.Object("kid", "x")
	return Key{r.Field("kid").Text(1, 64), readPublicKey(r.Field("x"))}
}

// Signed is a document of the form {"<member>": …, "signature": {"kid", "alg", "value"}}.
type Signed struct {
	Body      any
	kid       string
	signature []byte
}

// ParseSigned reads a signed document without verifying it. Members beside the two are allowed where `open` says so.
func ParseSigned(text []byte, member string, open bool) (Signed, error) {
	value, err := strictjson.Parse(text)
	if err != nil {
		return Signed{}, err
	}
	var signed Signed
	err = strictjson.Decode(value, func(r strictjson.Reader) {
		if !open {
			r.Object(member, "signature")
		}
		signed.Body = r.Field(member).Value()
		signature := r.Field("signature").Object("kid", "alg", "value")
		signature.Field("alg").OneOf("EdDSA")
		signed.kid = signature.Field("kid").Text(1, 64)
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
