package export

import (
	"bytes"
	"encoding/json"
	"strings"
)

// lineLength is how long an array or an object on one line may be.
const lineLength = 100

// layJSON encodes v with arrays and objects on one line where they are short,
// one element a line where they are not, and numbers as many to a line as fit.
func layJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	l := layer{in: bytes.TrimSpace(b.Bytes())}
	l.value("")
	l.out.WriteByte('\n')
	return l.out.Bytes(), nil
}

// layer lays out compact JSON.
type layer struct {
	in  []byte // what is left
	out bytes.Buffer
}

// value moves the value that comes next to the output; indent is what its line
// begins with.
func (l *layer) value(indent string) {
	end := valueEnd(l.in)
	text := l.in[:end]
	if text[0] != '[' && text[0] != '{' {
		l.out.Write(text)
		l.in = l.in[end:]
		return
	}
	if len(text)+len(indent) <= lineLength {
		l.out.WriteString(spaced(text))
		l.in = l.in[end:]
		return
	}
	shut := text[end-1]
	l.out.WriteByte(text[0])
	l.in = l.in[1:]
	inner := indent + "  "
	width := lineLength // of the line so far; the first element begins a line
	for l.in[0] != shut {
		if l.in[0] == ',' {
			l.out.WriteByte(',')
			l.in = l.in[1:]
		}
		size := valueEnd(l.in)
		if scalar := shut == ']' && l.in[0] != '[' && l.in[0] != '{'; scalar && width+size+2 <= lineLength {
			l.out.WriteByte(' ')
			width += size + 2
		} else {
			l.out.WriteString("\n" + inner)
			width = len(inner) + size
		}
		if shut == '}' {
			l.out.Write(l.in[:size])
			l.out.WriteString(": ")
			l.in = l.in[size+1:]
		}
		l.value(inner)
	}
	l.out.WriteString("\n" + indent)
	l.out.WriteByte(shut)
	l.in = l.in[1:]
}

// valueEnd is the length of the value at the start of compact JSON.
func valueEnd(text []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case (c == ']' || c == '}' || c == ',' || c == ':') && depth == 0:
			return i
		case c == ']' || c == '}':
			depth--
		}
		if depth == 0 && !quoted && (text[i] == ']' || text[i] == '}' || text[i] == '"') {
			return i + 1
		}
	}
	return len(text)
}

// spaced puts a blank after each comma and colon outside of strings.
func spaced(text []byte) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		b.WriteByte(c)
		switch {
		case quoted && c == '\\':
			i++
			b.WriteByte(text[i])
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == ':'):
			b.WriteByte(' ')
		}
	}
	return b.String()
}
