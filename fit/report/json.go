package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/symbolic"
)

// JSON writes the result as documented for the command line. Equal results
// give equal bytes. Keys come from the json tags of fit.Result. Every key is
// there even where it has nothing to say, so that a program need not ask: a nil
// slice is an empty array, a nil pointer null, and so is a number that is not
// finite, for which JSON has no notation. Small objects and arrays stand on one
// line. The error is w's.
func JSON(w io.Writer, r *fit.Result) error { return writeJSON(w, reflect.ValueOf(r)) }

func writeJSON(w io.Writer, v reflect.Value) error {
	text, err := encode(v, "")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	if _, err := w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// lineLength is how long an object on one line may be.
const lineLength = 120

// encode returns v as JSON text whose following lines are indented by indent.
func encode(v reflect.Value, indent string) ([]byte, error) {
	if v.IsValid() {
		if e, ok := v.Interface().(symbolic.EdgeRow); ok {
			v = reflect.ValueOf(viewEdge(e))
		}
	}
	switch v.Kind() {
	case reflect.Invalid:
		return []byte("null"), nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return []byte("null"), nil
		}
		return encode(v.Elem(), indent)
	case reflect.Float64, reflect.Float32:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return []byte("null"), nil
		}
		return leaf(v.Interface())
	case reflect.Slice, reflect.Array:
		return encodeArray(v, indent)
	case reflect.Struct:
		return encodeStruct(v, indent)
	}
	return leaf(v.Interface())
}

func encodeArray(v reflect.Value, indent string) ([]byte, error) {
	var items [][]byte
	for i := range v.Len() {
		text, err := encode(v.Index(i), indent+"  ")
		if err != nil {
			return nil, err
		}
		items = append(items, text)
	}
	return lay('[', items, ']', indent), nil
}

func encodeStruct(v reflect.Value, indent string) ([]byte, error) {
	var items [][]byte
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		text, err := encode(v.Field(i), indent+"  ")
		if err != nil {
			return nil, err
		}
		key, err := leaf(name)
		if err != nil {
			return nil, err
		}
		items = append(items, append(append(key, ": "...), text...))
	}
	return lay('{', items, '}', indent), nil
}

// lay puts the items between brackets, on one line if they are short.
func lay(open byte, items [][]byte, shut byte, indent string) []byte {
	length, lines := len(indent)+2, false
	for _, t := range items {
		length += len(t) + 2
		lines = lines || bytes.IndexByte(t, '\n') >= 0
	}
	out := []byte{open}
	if !lines && length <= lineLength {
		out = append(out, bytes.Join(items, []byte(", "))...)
		return append(out, shut)
	}
	for i, t := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, '\n'), indent+"  "...), t...)
	}
	return append(append(append(out, '\n'), indent...), shut)
}

// leaf encodes a value by encoding/json without escaping <, > and &, which are
// comparisons in formulas, not HTML.
func leaf(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
