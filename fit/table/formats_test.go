package table

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFormats reads the same four rows written in many ways.
func TestFormats(t *testing.T) {
	want := [][]float64{{1, -2.5, 3e-3, 4}, {1, 1, 2, 5}, {2, 3, 5, 7}}
	tests := []struct{ name, text string }{
		{"commas", "a,b,y\n1,1,2\n-2.5,1,3\n3e-3,2,5\n4,5,7\n"},
		{"tabs", "a\tb\ty\n1\t1\t2\n-2.5\t1\t3\n3e-3\t2\t5\n4\t5\t7\n"},
		{"semicolons", "a;b;y\n1;1;2\n-2.5;1;3\n3e-3;2;5\n4;5;7\n"},
		{"bars", "a|b|y\n1|1|2\n-2.5|1|3\n3e-3|2|5\n4|5|7\n"},
		{"blanks", " a  b   y\n 1  1   2\n-2.5 1 3\n3e-3\t2  5\n4 5 7"},
		{"blanks around commas", "a , b , y\n 1 , 1 , 2\n -2.5, 1, 3\n3e-3,2,5 \n4,5,7\n"},
		{"CRLF", "a,b,y\r\n1,1,2\r\n-2.5,1,3\r\n3e-3,2,5\r\n4,5,7\r\n"},
		{"no last line end", "a,b,y\n1,1,2\n-2.5,1,3\n3e-3,2,5\n4,5,7"},
		{"byte order mark", "\ufeffa,b,y\n1,1,2\n-2.5,1,3\n3e-3,2,5\n4,5,7\n"},
		{"comments and empty lines", "# measured\n\na,b,y\n1,1,2\n# and\n-2.5,1,3\n\n3e-3,2,5\n4,5,7\n\n\n"},
		{"trailing separators", "a,b,y,,\n1,1,2,,\n-2.5,1,3,,\n3e-3,2,5,,\n4,5,7,,\n,,,,\n,,,,\n"},
		{"trailing separators in rows only", "a,b,y\n1,1,2,\n-2.5,1,3,\n3e-3,2,5,\n4,5,7,\n"},
		{"quotes", "\"a\",\"b\",\"y\"\n\"1\",\"1\",\"2\"\n\"-2.5\",1,3\n 3e-3 , \"2\" ,5\n4,5,\"7\"\n"},
		{"sep line", "sep=;\na;b;y\n1;1;2\n-2.5;1;3\n3e-3;2;5\n4;5;7\n"},
		{"signs and exponents", "a,b,y\n+1,1.,2.0\n-25e-1,1E0,3\n.3E-2,2,+5\n4,05,7e+0\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, packed := range []bool{false, true} {
				text := tt.text
				if packed {
					text = pack(t, text)
				}
				tab := mustRead(t, text, Options{})
				if diff := cmp.Diff(want, tab.Cols); diff != "" {
					t.Errorf("columns (gzip %v):\n%s", packed, diff)
				}
				if diff := cmp.Diff([]string{"a", "b", "y"}, tab.Names); diff != "" {
					t.Errorf("names (gzip %v):\n%s", packed, diff)
				}
				if tab.Target != 2 || len(tab.Warnings) > 0 {
					t.Errorf("target %d, warnings %q", tab.Target, tab.Warnings)
				}
			}
		})
	}
}

func pack(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestSeparators holds the cases in which several separators occur.
func TestSeparators(t *testing.T) {
	tests := []struct {
		name, text string
		want       byte
	}{
		{"decimal commas between semicolons", "a;b\n1,5;2,5\n3,5;4,5\n", ';'},
		{"decimal commas between semicolons, no header", "1,5;2,5\n3,5;4,5\n", ';'},
		{"decimal commas between tabs", "a\tb\n1,5\t2,5\n", '\t'},
		{"comma in a name", "flow, m3/s;p\n1.5;2\n2.5;3\n", ';'},
		{"commas in every name between tabs", "x, m\ty, m\n1\t2\n", '\t'},
		{"quoted separators", "\"a;b\",\"c;d\"\n1,2\n", ','},
		{"blanks in a name", "flow rate\n1\n2\n", ','},
		{"ragged", "a,b,c\n1,2\n1,2,3\n1,2,3\n", ','},
		{"header only", "a;b\n", ';'},
		{"text columns", "name;when;y\nx y,z;2024-05-06, noon;1\nu v,w;2024-05-07, noon;2\n", ';'},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sniff([]byte(tt.text), true); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWithoutHeader(t *testing.T) {
	tab := mustRead(t, "1,2,3\n4,5,6\n7,9,9\n1,1,1\n", Options{})
	if diff := cmp.Diff([]string{"x1", "x2", "y"}, tab.Names); diff != "" {
		t.Error(diff)
	}
	if tab.Rows() != 4 || tab.Cols[0][0] != 1 {
		t.Errorf("the first row was lost: %v", tab.Cols)
	}
	want := []string{"the first row holds numbers only, so it was taken as data and the columns were called x1 to x2 and y; add a header line to name them"}
	if diff := cmp.Diff(want, tab.Warnings); diff != "" {
		t.Error(diff)
	}
	// numpy.savetxt writes the names as a comment.
	tab = mustRead(t, "# made by hand\n# mass speed\n1 2\n4 5\n7 9\n1 1\n", Options{})
	if diff := cmp.Diff([]string{"mass", "speed"}, tab.Names); diff != "" {
		t.Error(diff)
	}
	if tab.Rows() != 4 || len(tab.Warnings) != 1 {
		t.Errorf("%d rows, warnings %q", tab.Rows(), tab.Warnings)
	}
}

func TestMissingDrop(t *testing.T) {
	tab := mustRead(t, "a,b,y\n1,1,1\n2,,3\n3,NaN,4\n4,2,inf\n5,3,NA\nnull,4,6\n6,5,7\n7,1,1\n8,1,2\n", Options{})
	want := [][]float64{{1, 6, 7, 8}, {1, 5, 1, 1}, {1, 7, 1, 2}}
	if diff := cmp.Diff(want, tab.Cols); diff != "" {
		t.Error(diff)
	}
	m := tab.Missing
	if m.Rows != 5 || m.Empty != 3 || m.NaN != 1 || m.Inf != 1 || m.FirstLine != 3 {
		t.Errorf("counted %+v", m)
	}
	warn := []string{"5 rows of 9 left out for 3 empty cells, 1 NaN, 1 infinity in columns a, b, y"}
	if diff := cmp.Diff(warn, tab.Warnings); diff != "" {
		t.Error(diff)
	}
	// Gaps and words in columns that are not in use do no harm.
	tab = mustRead(t, "a,note,y\n1,,1\n2,first,3\n3,NaN,4\n4,\"a,\n\"\"b\"\"\",5\n", Options{Exclude: []string{"note"}, Missing: MissingError})
	if tab.Rows() != 4 || len(tab.Warnings) > 0 {
		t.Errorf("%d rows, warnings %q", tab.Rows(), tab.Warnings)
	}
}

func TestRoles(t *testing.T) {
	text := "flow rate (m3/s),b,w,k,y,label\n1,2,1,3,4,p\n2,4,0,3,5,q\n3,1,2.5,3,7,r\n4,1,1,3,9,s\n5,1,1,3,1,t\n"
	opt := Options{Exclude: []string{"label"}, Weights: "w"}
	tab := mustRead(t, text, opt)
	if diff := cmp.Diff([]string{"flow_rate_m3_s", "b", "y"}, tab.Names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{1, 0, 2.5, 1, 1}, tab.Weights); diff != "" {
		t.Error(diff)
	}
	warn := []string{`column "k" was left out: it is 3 in every row`, `column "flow rate (m3/s)" is called flow_rate_m3_s in formulas`}
	if diff := cmp.Diff(warn, tab.Warnings); diff != "" {
		t.Error(diff)
	}
	if got, want := tab.Describe(), "data.csv: 5 rows, target y, inputs flow_rate_m3_s, b, weighted by w"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	// Columns by name, by identifier and by position.
	for _, ref := range []string{"flow rate (m3/s)", "flow_rate_m3_s", "#1"} {
		tab = mustRead(t, text, Options{Target: ref, Inputs: []string{"y", "#2"}})
		if diff := cmp.Diff([]string{"b", "y"}, tab.InputNames()); diff != "" {
			t.Error(diff)
		}
		if tab.Names[tab.Target] != "flow_rate_m3_s" || tab.Y()[4] != 5 {
			t.Errorf("target %q", tab.Names[tab.Target])
		}
	}
}

func TestCopies(t *testing.T) {
	tab := mustRead(t, "a,b,c,y\n1,1,4,4\n2,2,3,3\n3,3,5,5\n4,4,9,9\n", Options{})
	want := []string{
		`columns "a" and "b" are equal in every row; a formula may use either`,
		`column "c" equals the target "y" in every row; leave it out with --exclude to find another formula`,
	}
	if diff := cmp.Diff(want, tab.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "none.csv"), Options{})
	if want := filepath.Join(dir, "none.csv") + ": no such file; check the spelling and the directory; - reads standard input"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	_, err = Open(dir, Options{})
	if want := dir + ": is a directory; name a file in it"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	path := filepath.Join(dir, "good.csv")
	if err := os.WriteFile(path, []byte(good), 0o644); err != nil {
		t.Fatal(err)
	}
	tab, err := Open(path, Options{})
	if err != nil || tab.Rows() != 5 || tab.Source != path {
		t.Errorf("got %v, %v", tab, err)
	}
}

// TestLongLineMemory reads a line of 100 MB and holds the memory to a few
// times the bound on a line.
func TestLongLineMemory(t *testing.T) {
	text := io.MultiReader(strings.NewReader("a,y\n1,2\n"), io.LimitReader(ones{}, 100<<20), strings.NewReader("\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(text, "data.csv", Options{})
	runtime.ReadMemStats(&after)
	want := "data.csv:3: the line is longer than 16 MiB; is this a table of numbers, one row a line?"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	// The line's buffer doubles up to its bound, so all allocations together
	// are below four times the bound.
	if got := after.TotalAlloc - before.TotalAlloc; got > 100<<20 {
		t.Errorf("%d MB allocated", got>>20)
	}
}

type ones struct{}

func (ones) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '1'
	}
	return len(p), nil
}

// TestRowAllocations holds that reading rows allocates only the columns.
func TestRowAllocations(t *testing.T) {
	text := "a,b,y\n" + strings.Repeat("1.25,\"-3.5e-7\",12345.678\n", 20000)
	rd, err := NewReader(strings.NewReader(text), "data.csv", ReaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := newBuilder(rd, []role{roleInput, roleInput, roleTarget}, MissingDrop)
	for range 2 {
		rd.Next()
	}
	for k := range b.cols {
		b.cols[k] = make([]float64, 0, 20000)
	}
	allocs := testing.AllocsPerRun(10000, func() {
		if !rd.Next() {
			t.Fatal("the rows ended early")
		}
		if err := b.add(rd.Record()); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 0 {
		t.Errorf("%g allocations a row", allocs)
	}
}

func BenchmarkRead(b *testing.B) {
	text := "a,b,y\n" + strings.Repeat("1.25,-3.5e-7,12345.678\n2.5,1,3\n", 10000)
	b.SetBytes(int64(len(text)))
	for range b.N {
		if _, err := Read(strings.NewReader(text), "data.csv", Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
