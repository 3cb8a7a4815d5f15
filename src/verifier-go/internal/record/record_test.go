package record

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func TestKeysThatImplementationsTreatDifferentlyAreRefused(t *testing.T) {
	for _, text := range []string{
		// Not canonical: y is p, p + 1 and 2^255 - 1.
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	} {
		if key, _ := hex.DecodeString(text); IsKey(key) {
			t.Errorf("%s is taken", text)
		}
	}
	if good, _ := hex.DecodeString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"); !IsKey(good) {
		t.Error("the key of the first test of RFC 8032 is refused")
	}
	if IsKey(make([]byte, 31)) {
		t.Error("31 bytes are taken")
	}
}

func TestTilesHaveThePathsOfC2SP(t *testing.T) {
	for index, want := range map[int64]string{0: "000", 67: "067", 1_234_067: "x001/x234/067", 1_000: "x001/000"} {
		if got := IndexPath(index); got != want {
			t.Errorf("%d: %s", index, got)
		}
	}
	places := TilesOf(0, 70_000)
	if last := places[len(places)-1]; last.Path("tile/0") != "tile/0/273.p/112" || len(places) != 274 {
		t.Error(last.Path("tile/0"), len(places))
	}
	if places := TilesOf(1, 70_000); len(places) != 2 || places[1].Path("tile/1") != "tile/1/001.p/17" {
		t.Error(places)
	}
	if len(TilesOf(1, 255)) != 0 || len(TilesOf(0, 0)) != 0 {
		t.Error("tiles of nothing")
	}
}

func TestMIsReadAsItIsAnnounced(t *testing.T) {
	var m [32]byte
	copy(m[:], bytes.Repeat([]byte{0xab, 0x01}, 16))
	for _, text := range []string{ShowM(m), strings.ToUpper(ShowM(m)), strings.ReplaceAll(ShowM(m), " ", ""), EncodeM(m)} {
		if got, ok := ParseM(text); !ok || got != m {
			t.Errorf("%s is not read", text)
		}
	}
	for _, text := range []string{"", "ab01", ShowM(m)[1:], ShowM(m) + " 00", EncodeM(m) + "A", EncodeM(m)[:42] + "+"} {
		if _, ok := ParseM(text); ok {
			t.Errorf("%q is read", text)
		}
	}
}

func TestKeysOfWitnessesAreWhole(t *testing.T) {
	// An example of C2SP tlog-cosignature's form: the hash is that of the name, 0x04 and the key.
	key, _ := hex.DecodeString("04d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
	if _, err := ParseWitness("w.example+00000000+" + hex.EncodeToString(key)); err == nil {
		t.Error("another hash is taken")
	}
	for _, text := range []string{"", "+", "a+b", "a+00000000+AAAA", "a b+00000000+BA=="} {
		if _, err := ParseWitness(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
