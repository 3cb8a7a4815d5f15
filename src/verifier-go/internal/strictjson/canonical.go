package strictjson

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Canonical is the RFC 8785 form of a value that Parse returned.
func Canonical(value any) []byte { return appendValue(nil, value) }

func appendValue(to []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...)
	case bool:
		return strconv.AppendBool(to, v)
	case float64:
		return append(to, numberText(v)...)
	case string:
		return appendString(to, v)
	case []any:
		to = append(to, '[')
		for i, item := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = appendValue(to, item)
		}
		return append(to, ']')
	case Object:
		to = append(to, '{')
		for i, name := range sortedNames(v) {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendString(to, name), ':')
			to = appendValue(to, v[name])
		}
		return append(to, '}')
	}
	panic(fmt.Sprintf("not a JSON value: %T", value))
}

// sortedNames orders names by their UTF-16 code units, as RFC 8785 section 3.2.3 says.
func sortedNames(object Object) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
	})
	return names
}

func appendString(to []byte, text string) []byte {
	to = append(to, '"')
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c >= 0x20:
			to = append(to, c)
		case strings.IndexByte("\b\t\n\f\r", c) >= 0:
			to = append(to, '\\', "btn.fr"[c-'\b'])
		default:
			to = append(to, fmt.Sprintf("\\u%04x", c)...)
		}
	}
	return append(to, '"')
}

// numberText writes a number as ECMAScript does (RFC 8785 section 3.2.2.3).
func numberText(number float64) string {
	if number == 0 {
		return "0"
	}
	if size := math.Abs(number); size >= 1e-6 && size < 1e21 {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	text := strconv.FormatFloat(number, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign, digits := exponent[:1], strings.TrimLeft(exponent[1:], "0")
	return mantissa + "e" + sign + digits
}
