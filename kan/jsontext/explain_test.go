package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

type part struct {
	Lo   *float64  `json:"lo"`
	Coef []float64 `json:"coef"`
}

type whole struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Seed  uint64 `json:"seed"`
	Fixed bool   `json:"fixed"`
	Parts []part `json:"parts"`
	Main  *part  `json:"main"`
}

// Every message names the place and the field and is free of the decoder's
// words.
func TestExplain(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"name": 1}`, `line 1, column 10: "name" is a number; text in quotes belongs there`},
		{"{\n \"count\": \"7\"}", `line 2, column 13: "count" is text; a whole number belongs there`},
		{`{"count": 1.5}`, `line 1, column 13: "count" is the number 1.5; a whole number belongs there`},
		{`{"seed": -1}`, `line 1, column 11: "seed" is the number -1; a whole number from 0 up belongs there`},
		{`{"fixed": []}`, `line 1, column 11: "fixed" is a list; true or false belongs there`},
		{`{"parts": {}}`, `line 1, column 11: "parts" is an object in braces; a list in brackets belongs there`},
		{`{"main": true}`, `line 1, column 13: "main" is true or false; an object in braces belongs there`},
		{"{\"parts\": [\n{\"lo\": 1e999}]}", `line 2, column 12: "lo" in parts is the number 1e999, which is out of range`},
		{"{\"parts\": [\n{\"coef\": [1, \"x\"]}]}", `line 2, column 16: "coef" in parts is text; a number belongs there`},
		{`[1]`, `line 1, column 1: the whole is a list; an object in braces belongs there`},
		{`{"parts": [{"lo": NaN}]}`, `line 1, column 19: NaN is not a finite number`},
		{`{"parts": [{"lo": -Infinity}]}`, `line 1, column 20: -Infinity is not a finite number`},
		{`{"name": }`, `line 1, column 10: a value belongs there, not '}'`},
		{`{name: 1}`, `line 1, column 2: the name of a field, in quotes, belongs there, not 'n'`},
		{`{"name" 1}`, `line 1, column 9: a colon belongs there, not '1'`},
		{`{"name": "a" "b"}`, `line 1, column 14: a comma or a closing brace belongs there, not '"'`},
		{`{"parts": [1 2]}`, `line 1, column 14: a comma or a closing bracket belongs there, not '2'`},
		{"{}\n{}", `line 2, column 1: the file should have ended before, not '{'`},
		{`{"units": "m"}`, `line 1, column 2: "units" is no field that belongs there`},
		{"{\"parts\": [\n{\"lo\": 1,\n", `line 2, column 10: the file ends too early; it was cut off`},
		{`{"name": "ab`, `line 1, column 13: the file ends too early; it was cut off`},
		{`{"fixed": tr`, `line 1, column 13: the file ends too early; it was cut off`},
		{"{\"name\": \"ab\n", `line 1, column 13: the file ends too early; it was cut off`},
		{`{`, `line 1, column 2: the file ends too early; it was cut off`},
	} {
		var w whole
		// As a reader of files does: the syntax of all of it first.
		var any json.RawMessage
		err := json.Unmarshal([]byte(c.text), &any)
		if err == nil {
			dec := json.NewDecoder(bytes.NewReader([]byte(c.text)))
			dec.DisallowUnknownFields()
			err = dec.Decode(&w)
		}
		got := Explain([]byte(c.text), err)
		if got == nil || got.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.text, got, c.want)
			continue
		}
		for _, word := range []string{"json", "Go ", "struct", "unmarshal", "float64"} {
			if strings.Contains(got.Error(), word) {
				t.Errorf("%s: %v has %q", c.text, got, word)
			}
		}
		if errors.Is(got, ErrCut) != strings.Contains(c.want, "cut off") {
			t.Errorf("%s: errors.Is(ErrCut) is %v", c.text, errors.Is(got, ErrCut))
		}
	}
	other := errors.New("disk on fire")
	if Explain(nil, other) != other || Explain(nil, nil) != nil {
		t.Error("other errors are changed")
	}
}

// A text that is cut anywhere is called cut, and never anything else.
func TestExplainCutAnywhere(t *testing.T) {
	text := []byte(`{"name": "a\u0041\"b", "count": -12, "fixed": true, "main": {"lo": 1.5e-3, "coef": [1, 2]}, "parts": []}`)
	for n := 1; n < len(text); n++ {
		var w whole
		err := Explain(text[:n], json.Unmarshal(text[:n], &w))
		if !errors.Is(err, ErrCut) {
			t.Errorf("cut to %s: %v", text[:n], err)
		}
	}
}
