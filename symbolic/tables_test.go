package symbolic

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kansym/kansym/library"
)

var updateTables = flag.Bool("update-tables", false, "write the golden files of tables")

// goldenTable compares got with a file under testdata/tables.
func goldenTable(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", "tables", name)
	if *updateTables {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

func edgeRows(t *testing.T) []EdgeRow {
	t.Helper()
	match := func(name string, rmse float64) Match {
		f, ok := library.Lookup(name)
		if !ok {
			t.Fatalf("no function %s", name)
		}
		return Match{Func: f, A: 1, C: 2, RMSE: rmse, R2: 1 - rmse*rmse}
	}
	return []EdgeRow{
		{0, 0, 0, "sin", math.Pi, 0, 1.25, -0.5, 3.21e-6, 1 - 1e-11, []Match{match("tanh", 0.012), match("atan", 0.034)}},
		{0, 1, 0, "x^2", 1, 0, 1e-12, 123456789, 0, 1, nil},
		{1, 0, 0, "log(1-0.99*x^2)", 1, 0, 1, 0, 0.25, 0.93, []Match{match("x/(exp(x)-1)", 0.3)}},
		{1, 0, 1, "a|b", 1, 0, 1, 0, math.NaN(), math.Inf(-1), []Match{}},
	}
}

func TestEdgeTable(t *testing.T) {
	for style, name := range map[TableStyle]string{TablePlain: "edges.txt", TableMarkdown: "edges.md"} {
		var b bytes.Buffer
		if err := EdgeTableStyle(&b, edgeRows(t), style); err != nil {
			t.Fatal(err)
		}
		goldenTable(t, name, b.Bytes())
	}
}

func TestCandidateTable(t *testing.T) {
	rows := []CandidateRow{
		{1, 1.5, 1.6, 0, false, "2.5"},
		{5, 0.01234567, 0.0123, 0.99987654, false, "exp(x|y)"},
		{9, 1e-16, 2e-16, 1, true, "m/sqrt(1-v^2/c^2)"},
		{12, 1e-9, math.NaN(), 1 - 1e-15, false, strings.Repeat("x+", 90) + "x"},
	}
	for style, name := range map[TableStyle]string{TablePlain: "candidates.txt", TableMarkdown: "candidates.md"} {
		var b bytes.Buffer
		if err := CandidateTable(&b, rows, style); err != nil {
			t.Fatal(err)
		}
		goldenTable(t, name, b.Bytes())
	}
}

// An empty table is its header.
func TestEmptyTable(t *testing.T) {
	var b bytes.Buffer
	if err := EdgeTable(&b, nil); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(b.String()), "\n"); len(lines) != 1 || !strings.Contains(lines[0], "runners-up") {
		t.Errorf("got %q", b.String())
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestTableWriteError(t *testing.T) {
	if err := EdgeTable(brokenWriter{}, edgeRows(t)); err == nil {
		t.Error("no error from a writer that fails")
	}
}

// The keys of the JSON answer are lower case, and numbers keep all digits.
func TestEdgeRowJSON(t *testing.T) {
	got, err := json.MarshalIndent(edgeRows(t)[:1], "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	goldenTable(t, "edges.json", append(got, '\n'))
}

func TestTableR2(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{1, "1"},
		{0, "0.0000"},
		{-2.5, "-2.5000"},
		{0.98765, "0.9877"},
		{0.9995, "0.99950"},
		{1 - 1.2e-11, "0.999999999988"},
		{math.NaN(), "-"},
	} {
		if got := TableR2(c.v); got != c.want {
			t.Errorf("TableR2(%v) = %s, want %s", c.v, got, c.want)
		}
	}
}

func TestEdgeNote(t *testing.T) {
	rows := edgeRows(t)
	for i := range rows {
		for k := range rows[i].Alternatives {
			rows[i].Alternatives[k].RMSE = rows[i].RMSE + 1
		}
	}
	if note := EdgeNote(rows); note != "" {
		t.Errorf("without a nearer runner-up: %q", note)
	}
	sin, ok := library.Lookup("sin")
	if !ok {
		t.Fatal("no sin")
	}
	rows[0].RMSE = 1
	rows[0].Alternatives = []Match{{Func: sin, RMSE: 2}, {Func: sin, RMSE: 0.5}}
	if note := EdgeNote(rows); !strings.Contains(note, "in context") {
		t.Errorf("with one: %q", note)
	}
}
