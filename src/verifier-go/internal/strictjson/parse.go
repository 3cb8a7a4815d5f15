// Package strictjson reads JSON (RFC 8259) without any leniency and writes its RFC 8785 form. Two programs that read the
// same bytes must see the same document, so repeated members, invalid UTF-8, lone surrogates and deep nesting are refused.
package strictjson

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// DepthMax is the deepest nesting of objects and lists.
const DepthMax = 32

// integerMax is the largest integer that every JSON reader has exactly: 2^53 - 1 (RFC 7493).
const integerMax = 1<<53 - 1

// Object has its members by name.
type Object map[string]any

// Parse returns the value of a JSON text: nil, bool, float64, string, []any or Object.
func Parse(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("not UTF-8")
	}
	p := &parser{text: text}
	p.space()
	value, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.at != len(text) {
		return nil, p.fault("something follows the value")
	}
	return value, nil
}

type parser struct {
	text []byte
	at   int
}

func (p *parser) fault(what string) error { return fmt.Errorf("byte %d: %s", p.at, what) }

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek is the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) take(want byte) bool {
	if p.at < len(p.text) && p.text[p.at] == want {
		p.at++
		return true
	}
	return false
}

func (p *parser) value(depth int) (any, error) {
	next := p.peek()
	if depth >= DepthMax && (next == '{' || next == '[') {
		return nil, p.fault("nested too deeply")
	}
	switch next {
	case '{':
		return p.object(depth)
	case '[':
		return p.list(depth)
	case '"':
		return p.string()
	case 't':
		return true, p.word("true")
	case 'f':
		return false, p.word("false")
	case 'n':
		return nil, p.word("null")
	}
	return p.number()
}

func (p *parser) word(word string) error {
	if end := p.at + len(word); end <= len(p.text) && string(p.text[p.at:end]) == word {
		p.at = end
		return nil
	}
	return p.fault("no JSON value")
}

func (p *parser) object(depth int) (any, error) {
	p.at++
	object := Object{}
	p.space()
	if p.take('}') {
		return object, nil
	}
	for {
		p.space()
		if p.peek() != '"' {
			return nil, p.fault("a member has a name in quotation marks")
		}
		name, err := p.string()
		if err != nil {
			return nil, err
		}
		if _, repeated := object[name]; repeated {
			return nil, p.fault("a member is repeated")
		}
		p.space()
		if !p.take(':') {
			return nil, p.fault("a colon is missing")
		}
		p.space()
		if object[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		p.space()
		if p.take('}') {
			return object, nil
		}
		if !p.take(',') {
			return nil, p.fault("a comma or the end of the object is missing")
		}
	}
}

func (p *parser) list(depth int) (any, error) {
	p.at++
	list := []any{}
	p.space()
	if p.take(']') {
		return list, nil
	}
	for {
		p.space()
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
		p.space()
		if p.take(']') {
			return list, nil
		}
		if !p.take(',') {
			return nil, p.fault("a comma or the end of the list is missing")
		}
	}
}

func (p *parser) digits() bool {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > start
}

func (p *parser) number() (any, error) {
	start := p.at
	p.take('-')
	if !p.take('0') && !p.digits() {
		return nil, p.fault("no JSON value")
	}
	if p.take('.') && !p.digits() {
		return nil, p.fault("a number has digits after the point")
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		if !p.digits() {
			return nil, p.fault("an exponent has digits")
		}
	}
	text := string(p.text[start:p.at])
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(number) > integerMax {
		return nil, p.fault("a number is out of range")
	}
	if numberText(number) != text {
		return nil, p.fault("a number is not in its RFC 8785 form")
	}
	return number, nil
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *parser) string() (string, error) {
	p.at++
	var text []byte
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return string(text), nil
		case c < 0x20:
			return "", p.fault("a control character is not escaped")
		case c != '\\':
			text = append(text, c)
			continue
		}
		escaped := p.peek()
		p.at++
		if plain, ok := escapes[escaped]; ok {
			text = append(text, plain)
			continue
		}
		if escaped != 'u' {
			return "", p.fault("unknown escape")
		}
		char, err := p.unicode()
		if err != nil {
			return "", err
		}
		text = utf8.AppendRune(text, char)
	}
	return "", p.fault("a string does not end")
}

// unicode reads the digits after \u, and the second half of a surrogate pair.
func (p *parser) unicode() (rune, error) {
	first, err := p.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	if !p.take('\\') || !p.take('u') {
		return 0, p.fault("a surrogate stands alone")
	}
	second, err := p.unit()
	if err != nil {
		return 0, err
	}
	char := utf16.DecodeRune(first, second)
	if char == utf8.RuneError {
		return 0, p.fault("a surrogate stands alone")
	}
	return char, nil
}

func (p *parser) unit() (rune, error) {
	if p.at+4 > len(p.text) {
		return 0, p.fault("an escape has four digits")
	}
	unit, err := strconv.ParseUint(string(p.text[p.at:p.at+4]), 16, 16)
	if err != nil {
		return 0, p.fault("an escape has four digits")
	}
	p.at += 4
	return rune(unit), nil
}
