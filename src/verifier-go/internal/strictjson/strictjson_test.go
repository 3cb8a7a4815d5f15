package strictjson

import (
	"math"
	"strings"
	"testing"
)

func TestOnlyOneReadingOfATextIsAccepted(t *testing.T) {
	for _, bad := range []string{
		``, ` `, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `[1,]`, `{"a":1,}`, `[1] 2`, `01`, `1.`, `.5`, `+1`, `1e`, `-`, `NaN`,
		`"\ud800"`, `"\udc00"`, `"\ud800\u0041"`, "\"\x01\"", "\"\xff\"", "\xef\xbb\xbf1", `"\x"`, `"\u12g4"`, `tru`, `nul`, `'a'`,
		`9007199254740992`, `-9007199254740992`, `1e400`, `{a:1}`, `{"a"}`, `"a`, `[`, `{`, strings.Repeat("[", 40) + strings.Repeat("]", 40),
	} {
		if value, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%q is read as %v", bad, value)
		}
	}
}

func TestTheCanonicalFormIsThatOfRFC8785(t *testing.T) {
	for text, want := range map[string]string{
		// RFC 8785, section 3.2.2, with numbers that I-JSON has exactly.
		`{"numbers": [4.5, 0.002, 1e-27, 1000000000000000], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`: `{"literals":[null,true,false],"numbers":[4.5,0.002,1e-27,1000000000000000],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		// Section 3.2.3: the order of UTF-16 code units.
		`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`: "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}",
		`[0, 100, 5e-7, -1.5e-9, 0.000001, 3.3333]`:                                   `[0,100,5e-7,-1.5e-9,0.000001,3.3333]`,
		`"\b\t\n\f\r\u0000\u001f\u007f"`:                                              `"\b\t\n\f\r\u0000\u001f` + "\u007f\"",
	} {
		value, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := string(Canonical(value)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestANumberInAnotherFormIsRefused(t *testing.T) {
	for _, text := range []string{"-0", "0.0", "1.0", "4.50", "1e2", "1E15", "2e-3", "01", "9007199254740992"} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}

func TestArraysAndObjectsAreThirtyTwoDeepAtMost(t *testing.T) {
	for depth, want := range map[int]bool{DepthMax: true, DepthMax + 1: false} {
		if _, err := Parse([]byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))); (err == nil) != want {
			t.Errorf("%d: %v", depth, err)
		}
	}
}

func TestAReaderRefusesOtherForms(t *testing.T) {
	value, err := Parse([]byte(`{"n":1.5,"s":"a","b":true,"l":[1],"z":null,"x":"QQ","y":"QR","w":"Q Q"}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(Reader){
		"unknown member":  func(r Reader) { r.Object("n") },
		"no member":       func(r Reader) { r.Field("missing") },
		"whole number":    func(r Reader) { r.Field("n").Int(0, 9) },
		"bounds":          func(r Reader) { r.Field("n").Number(2, math.MaxFloat64) },
		"string":          func(r Reader) { r.Field("b").Text(0, 9) },
		"length":          func(r Reader) { r.Field("s").Text(2, 9) },
		"bool":            func(r Reader) { r.Field("z").Bool() },
		"list":            func(r Reader) { r.Field("l").List(2, 3) },
		"unused bits":     func(r Reader) { r.Field("y").Bytes(1) },
		"base64url":       func(r Reader) { r.Field("w").Bytes(1) },
		"number of bytes": func(r Reader) { r.Field("x").Bytes(2) },
		"object":          func(r Reader) { r.Field("s").Names() },
	} {
		if Decode(value, read) == nil {
			t.Errorf("%s: read", name)
		}
	}
	if err := Decode(value, func(r Reader) { r.Field("x").Bytes(1) }); err != nil {
		t.Error(err)
	}
}
