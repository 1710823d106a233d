package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// FuzzRead holds that whatever the bytes, Read returns either an *Error with a
// message or a table that keeps its promises.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		good, "", "a;b\n1,5;2\n", "\ufeffa\ty\r\n1\t2\r\n", "1 2\n3 4\n5 6\n7 9\n",
		"\"a\nb\",y\n1,2\n2,3\n3,4\n4,6\n", "sep=|\na|y\n1|2\n", "# c\n\n,,\na,,y,\n1,,2,\n", "\x1f\x8b\x08\x00",
	} {
		f.Add([]byte(s), "", "")
	}
	f.Add([]byte(good), "b", "y")
	f.Fuzz(func(t *testing.T, data []byte, target, weights string) {
		tab, err := Read(bytes.NewReader(data), "data.csv", Options{Target: target, Weights: weights, MaxLine: 1 << 16})
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Problem == "" || e.Source != "data.csv" {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		checkPromises(t, tab)
	})
}

func checkPromises(t interface{ Fatalf(string, ...any) }, tab *Table) {
	n := tab.Rows()
	if n < MinRows || len(tab.Cols) < 2 || len(tab.Names) != len(tab.Cols) || len(tab.Columns) != len(tab.Cols) ||
		tab.Target < 0 || tab.Target >= len(tab.Cols) || n < len(tab.Cols)-1 {
		t.Fatalf("shape: %d rows, %d columns, %q, %q, target %d", n, len(tab.Cols), tab.Names, tab.Columns, tab.Target)
	}
	if tab.Weights != nil && len(tab.Weights) != n {
		t.Fatalf("%d weights for %d rows", len(tab.Weights), n)
	}
	for i, c := range append(tab.Cols[:len(tab.Cols):len(tab.Cols)], tab.Weights) {
		if len(c) != n && c != nil {
			t.Fatalf("column %d has %d rows, not %d", i, len(c), n)
		}
		for _, v := range c {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("column %d holds %g", i, v)
			}
		}
	}
}

// What encoding/csv writes is read back to the same bits, whatever the
// separator, the line ends and the quoting.
func TestReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cols := rapid.IntRange(2, 6).Draw(t, "columns")
		rows := rapid.IntRange(max(MinRows, cols), 20).Draw(t, "rows")
		sep := rapid.SampledFrom(separators).Draw(t, "separator")
		crlf := rapid.Bool().Draw(t, "CRLF")
		format := rapid.SampledFrom([]byte{'g', 'e'}).Draw(t, "format")
		quoteAll := rapid.Bool().Draw(t, "quote all")

		values := make([][]float64, cols)
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		w.Comma, w.UseCRLF = rune(sep), crlf
		record := make([]string, cols)
		for i := range record {
			record[i] = fmt.Sprintf("name, \"%d\";\t|%d", i, cols)
		}
		if err := w.Write(record); err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			for i := range record {
				v := rapid.Float64Range(-1e300, 1e300).Draw(t, "value")
				if r < 2 {
					v = float64(r + i) // every column varies
				}
				values[i] = append(values[i], v)
				record[i] = strconv.FormatFloat(v, format, -1, 64)
				if quoteAll {
					record[i] = " " + record[i] // the writer quotes leading blanks
				}
			}
			if err := w.Write(record); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		tab, err := Read(&buf, "data.csv", Options{Missing: MissingKeepSentinels})
		if err != nil {
			t.Fatal(err)
		}
		checkPromises(t, tab)
		for i := range values {
			if want := fmt.Sprintf("name, \"%d\";\t|%d", i, cols); tab.Columns[i] != want {
				t.Fatalf("column %d is %q, not %q", i, tab.Columns[i], want)
			}
			for r, v := range values[i] {
				if math.Float64bits(tab.Cols[i][r]) != math.Float64bits(v) {
					t.Fatalf("row %d, column %d: %g, not %g", r, i, tab.Cols[i][r], v)
				}
			}
		}
	})
}
