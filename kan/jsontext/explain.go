// Package jsontext says in words of the file what is wrong with a JSON text.
package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// ErrCut is in the error about a text that ends before it is complete.
var ErrCut = errors.New("the file ends too early; it was cut off")

// Explain turns an error of encoding/json about text into one that names the
// line and the column (both from 1, columns in bytes), the field, and what was
// expected there. Other errors, and nil, are returned as they are.
func Explain(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	const unknown = "json: unknown field "
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax) && atEnd(text, syntax):
		return cut(text)
	case errors.As(err, &syntax):
		// Offset counts the bytes read, the last of which is the wrong one.
		at := max(int(syntax.Offset)-1, 0)
		return place(text, at, errors.New(syntaxProblem(text, at, syntax)))
	case errors.As(err, &kind):
		return place(text, int(kind.Offset)-1, errors.New(kindProblem(kind)))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return cut(text)
	case strings.HasPrefix(err.Error(), unknown):
		name := strings.TrimPrefix(err.Error(), unknown)
		return place(text, bytes.Index(text, []byte(name)), fmt.Errorf("%s is no field that belongs there", name))
	}
	return err
}

// atEnd reports whether it is the end of the text that the decoder stumbled over,
// for which it takes a blank, or the blanks before it.
func atEnd(text []byte, err *json.SyntaxError) bool {
	rest := text[min(max(err.Offset-1, 0), int64(len(text))):]
	return err.Error() == "unexpected end of JSON input" || len(bytes.TrimSpace(rest)) == 0 ||
		err.Offset >= int64(len(text)) && strings.HasPrefix(err.Error(), "invalid character ' '")
}

func cut(text []byte) error {
	return place(text, len(bytes.TrimRight(text, " \t\r\n")), ErrCut)
}

// place puts line and column of the byte at an offset before an error.
func place(text []byte, at int, err error) error {
	if at < 0 || at > len(text) {
		return err
	}
	before := text[:at]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// notNumbers are spellings that other programs give to what JSON has no number
// for.
var notNumbers = []string{"-Infinity", "-Inf", "-inf", "Infinity", "Inf", "inf", "NaN", "nan"}

// syntaxProblem says what is wrong at an offset.
func syntaxProblem(text []byte, at int, err *json.SyntaxError) string {
	rest := text[min(at, len(text)):]
	for _, word := range notNumbers {
		// The decoder takes the sign of -Inf for that of a number.
		if bytes.HasPrefix(rest, []byte(word)) || at > 0 && word[0] == '-' && bytes.HasPrefix(text[at-1:], []byte(word)) {
			return fmt.Sprintf("%s is not a finite number", word)
		}
	}
	what, found := err.Error(), "the end"
	if r, _ := utf8.DecodeRune(rest); len(rest) > 0 {
		found = fmt.Sprintf("%q", r)
	}
	for ending, want := range map[string]string{
		"looking for beginning of value":             "a value belongs there",
		"looking for beginning of object key string": "the name of a field, in quotes, belongs there",
		"after object key":                           "a colon belongs there",
		"after object key:value pair":                "a comma or a closing brace belongs there",
		"after array element":                        "a comma or a closing bracket belongs there",
		"after top-level value":                      "the file should have ended before",
	} {
		if strings.HasSuffix(what, ending) {
			return fmt.Sprintf("%s, not %s", want, found)
		}
	}
	return what
}

// kindProblem says which field has a value of another kind than it should.
func kindProblem(err *json.UnmarshalTypeError) string {
	field := "the whole"
	if err.Field != "" {
		names := strings.Split(err.Field, ".")
		field = fmt.Sprintf("%q", names[len(names)-1])
		if within := names[:len(names)-1]; len(within) > 0 {
			field += " in " + strings.Join(within, ".")
		}
	}
	got, want := kindOf(err.Value), wanted(err.Type)
	if number, is := strings.CutPrefix(err.Value, "number "); is {
		got = "the number " + number
		if k := err.Type.Kind(); k == reflect.Float64 || k == reflect.Float32 {
			return fmt.Sprintf("%s is %s, which is out of range", field, got)
		}
	}
	return fmt.Sprintf("%s is %s; %s belongs there", field, got, want)
}

// kindOf names a kind of JSON as the decoder calls it.
func kindOf(value string) string {
	switch value {
	case "string":
		return "text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object in braces"
	case "number":
		return "a number"
	}
	return value
}

// wanted names the JSON that a Go type is read from.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0 up"
	case reflect.String:
		return "text in quotes"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list in brackets"
	}
	return "an object in braces"
}
