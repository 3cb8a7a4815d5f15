package strictjson

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"unicode/utf16"
)

// Reader reads one value of a document by its schema. A value of another form ends the whole Decode with an error.
type Reader struct {
	value any
	place string
}

type formFault struct{ detail string }

// Decode reads a value by a schema: the calls that `read` makes. The error names the first place that has another form.
func Decode(value any, read func(Reader)) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			fault, ok := caught.(formFault)
			if !ok {
				panic(caught)
			}
			err = fmt.Errorf("%s", fault.detail)
		}
	}()
	read(Reader{value, ""})
	return nil
}

// Refuse ends the Decode: this value is not what the schema says.
func (r Reader) Refuse(detail string) { panic(formFault{fmt.Sprintf("%s/ %s", r.place, detail)}) }

// Object refuses members other than the known ones.
func (r Reader) Object(known ...string) Reader {
	object := r.members()
	for name := range object {
		if !contains(known, name) {
			r.Refuse("has an unknown member")
		}
	}
	return r
}

func contains(names []string, name string) bool {
	for _, each := range names {
		if each == name {
			return true
		}
	}
	return false
}

func (r Reader) members() Object {
	object, ok := r.value.(Object)
	if !ok {
		r.Refuse("is not an object")
	}
	return object
}

// Names are the names of all members.
func (r Reader) Names() []string { return sortedNames(r.members()) }

// Field is a member that must be there.
func (r Reader) Field(name string) Reader {
	field, ok := r.Optional(name)
	if !ok {
		r.Refuse("lacks the member " + name)
	}
	return field
}

// Optional is a member that may be there.
func (r Reader) Optional(name string) (Reader, bool) {
	value, ok := r.members()[name]
	return Reader{value, r.place + "/" + name}, ok
}

// Value is the value as Parse returned it.
func (r Reader) Value() any { return r.value }

// IsNull tells whether the value is null.
func (r Reader) IsNull() bool { return r.value == nil }

// Bool is true or false.
func (r Reader) Bool() bool {
	value, ok := r.value.(bool)
	if !ok {
		r.Refuse("is not true or false")
	}
	return value
}

// Number is a number from least to most, whole or not.
func (r Reader) Number(least, most float64) float64 {
	value, ok := r.value.(float64)
	if !ok || value < least || value > most {
		r.Refuse("is not a number within its bounds")
	}
	return value
}

// Int is a whole number from least to most.
func (r Reader) Int(least, most int64) int64 {
	value := r.Number(float64(least), float64(most))
	if value != float64(int64(value)) {
		r.Refuse("is not a whole number")
	}
	return int64(value)
}

// Text is a string of least to most UTF-16 code units.
func (r Reader) Text(least, most int) string {
	value, ok := r.value.(string)
	if !ok {
		r.Refuse("is not a string")
	}
	if length := len(utf16.Encode([]rune(value))); length < least || length > most {
		r.Refuse("has another length")
	}
	return value
}

// Match is a string of a form.
func (r Reader) Match(form *regexp.Regexp) string {
	value, ok := r.value.(string)
	if !ok || !form.MatchString(value) {
		r.Refuse("has another form")
	}
	return value
}

// OneOf is one of the strings.
func (r Reader) OneOf(words ...string) string {
	value, ok := r.value.(string)
	if !ok || !contains(words, value) {
		r.Refuse("is none of the known words")
	}
	return value
}

// Bytes is base64url without padding, of exactly so many bytes.
func (r Reader) Bytes(size int) []byte {
	text, ok := r.value.(string)
	bytes, valid := Base64URL(text)
	if !ok || !valid || len(bytes) != size {
		r.Refuse(fmt.Sprintf("is not %d bytes in base64url", size))
	}
	return bytes
}

// Base64URL decodes base64url without padding. Each value has one text: no line breaks, no unused bits.
func Base64URL(text string) ([]byte, bool) {
	bytes, err := base64.RawURLEncoding.DecodeString(text)
	return bytes, err == nil && base64.RawURLEncoding.EncodeToString(bytes) == text
}

// List has least to most items.
func (r Reader) List(least, most int) []Reader {
	list, ok := r.value.([]any)
	if !ok || len(list) < least || len(list) > most {
		r.Refuse("is not a list within its bounds")
	}
	items := make([]Reader, len(list))
	for i, item := range list {
		items[i] = Reader{item, fmt.Sprintf("%s/%d", r.place, i)}
	}
	return items
}
