package symbolic

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What Simplify promises, for random formulas and random domains: the value
// where the formula is finite, no more nodes, no more free constants, and that
// a second pass changes nothing.
func TestSimplifyProperties(t *testing.T) {
	names := []string{"x", "y", "z"}
	calls := []string{"sin", "cos", "tan", "exp", "log", "tanh", "abs", "sqrt", "sign"}
	property := rapid.MakeCheck(func(t *rapid.T) {
		g := exprGen{vars: names, free: rapid.Bool().Draw(t, "free"), calls: calls}
		e := g.draw(t, 4)
		domains := map[string]Interval{}
		for _, name := range names {
			domains[name] = rapid.SampledFrom([]Interval{{0.5, 3}, {-3, -0.5}, {-2, 2}, {0, 2}, realLine}).Draw(t, name)
		}
		checkSimplify(t, e, names, domains)
	})
	for i := range 20 { // 2000 formulas: the rules that go wrong are rarely drawn
		t.Run(strconv.Itoa(i), property)
	}
}

type failer interface {
	Fatalf(format string, args ...any)
}

func checkSimplify(t failer, e *Expr, names []string, domains map[string]Interval) {
	opt := SimplifyOptions{Domains: domains}
	s := Simplify(e, opt)
	if again := Simplify(s, opt); !again.Equal(s) {
		t.Fatalf("%s becomes %s, which becomes %s", e, s, again)
	}
	if s.Complexity() > e.Complexity() {
		t.Fatalf("%s (%d nodes) becomes %s (%d nodes)", e, e.Complexity(), s, s.Complexity())
	}
	if freeCount(s) > freeCount(e) {
		t.Fatalf("%s becomes %s with more free constants", e, s)
	}
	for k := range 12 {
		row := map[string]float64{}
		for i, name := range names {
			iv := domains[name]
			lo, hi := math.Max(iv.Lo, -3), math.Min(iv.Hi, 3)
			_, frac := math.Modf(float64(k+1) * (0.6180339887 + 0.1324717957*float64(i)))
			row[name] = lo + (hi-lo)*frac
		}
		want, size := naive(e, row)
		if math.IsNaN(want) || math.IsInf(want, 0) || !(size < 1e12) {
			continue
		}
		got, gotSize := naive(s, row)
		if !(gotSize < 1e12) {
			// Ill-conditioned at this point; finite is all that can be asked.
			continue
		}
		if !(math.Abs(got-want) <= 1e-9*math.Max(size, gotSize)) {
			t.Fatalf("%s = %v becomes %s = %v at %v", e, want, s, got, row)
		}
	}
}

// Complexity is what a count of the printed tokens gives.
func TestComplexityCountsTokens(t *testing.T) {
	g := exprGen{vars: []string{"x", "y"}, free: true, calls: []string{"sin", "exp", "log"}}
	rapid.Check(t, func(t *rapid.T) {
		e := g.draw(t, 4)
		if got, want := e.Complexity(), note(e).count(); got != want {
			t.Fatalf("%s: Complexity %d, the printers' notation has %d nodes", e, got, want)
		}
		if got, want := e.Complexity(), countTokens(e.String()); got != want {
			t.Fatalf("%s: Complexity %d, %d tokens", e, got, want)
		}
	})
}

// countTokens counts the tokens of a printed formula but for parentheses.
func countTokens(text string) int {
	n := 0
	for i := 0; i < len(text); {
		start, c := i, text[i]
		switch {
		case c == '(' || c == ')':
			i++
			continue
		case c >= '0' && c <= '9':
			for i < len(text) && (strings.IndexByte("0123456789.e", text[i]) >= 0 || strings.IndexByte("+-", text[i]) >= 0 && text[i-1] == 'e') {
				i++
			}
			if start > 0 && text[start-1] == '-' && (start == 1 || text[start-2] == '(') && (i == len(text) || text[i] != '^') {
				continue // the minus was counted, for both
			}
		case c >= 'a' && c <= 'z':
			for i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] >= '0' && text[i] <= '9') {
				i++
			}
		default:
			i++
		}
		n++
	}
	return n
}

// The scripts under testdata/simplify say what becomes of formulas; their
// format is explained in the first of them.
func TestSimplifyScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/simplify/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runScript(t, file) })
	}
}

func runScript(t *testing.T, file string) {
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	domains := map[string]Interval{}
	opt := ParseOptions{}
	var before, after *Expr
	scanner := bufio.NewScanner(in)
	for line := 1; scanner.Scan(); line++ {
		text := strings.TrimSpace(scanner.Text())
		where := fmt.Sprintf("%s:%d", file, line)
		fields := strings.Fields(text)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case fields[0] == "free":
			opt.FreeNumbers = true
		case fields[0] == "fixed":
			opt.FreeNumbers = false
		case len(fields) == 4 && fields[1] == "in":
			domains[fields[0]] = Interval{number64(t, where, fields[2]), number64(t, where, fields[3])}
		case fields[0] == "at":
			checkScriptValue(t, where, before, after, fields[1:])
		default:
			from, to, ok := strings.Cut(text, "->")
			if !ok {
				t.Fatalf("%s: no -> in %q", where, text)
			}
			if before, err = Parse(strings.TrimSpace(from), opt); err != nil {
				t.Fatalf("%s: %v", where, err)
			}
			after = Simplify(before, SimplifyOptions{Domains: domains})
			if want := strings.TrimSpace(to); after.FormatDigits("expr", 6) != want {
				t.Errorf("%s: %s becomes %s, want %s", where, from, after.FormatDigits("expr", 6), want)
			}
			checkSimplify(t, before, before.Vars(), withDefaults(domains, before.Vars()))
		}
	}
}

func withDefaults(domains map[string]Interval, vars []string) map[string]Interval {
	out := map[string]Interval{}
	for _, v := range vars {
		out[v] = realLine
		if iv, ok := domains[v]; ok {
			out[v] = iv
		}
	}
	return out
}

// checkScriptValue handles "at x=1 y=2: 3".
func checkScriptValue(t *testing.T, where string, before, after *Expr, fields []string) {
	row := map[string]float64{}
	for _, f := range fields[:len(fields)-1] {
		name, value, _ := strings.Cut(strings.TrimSuffix(f, ":"), "=")
		row[name] = number64(t, where, value)
	}
	want := number64(t, where, fields[len(fields)-1])
	for _, e := range []*Expr{before, after} {
		names := make([]string, 0, len(row))
		for name := range row {
			names = append(names, name)
		}
		sort.Strings(names)
		p, err := Compile(e, names)
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		values := make([]float64, len(names))
		for i, name := range names {
			values[i] = row[name]
		}
		if got := p.At(p.NewWorkspace(), values, nil); math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
			t.Errorf("%s: %s is %v, want %v", where, e, got, want)
		}
	}
}

func number64(t *testing.T, where, text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return v
}

// Formulas that differ in order and in the values of free constants have one
// key, others do not.
func TestStructureKey(t *testing.T) {
	key := func(text string) uint64 {
		e, err := Parse(text, ParseOptions{FreeNumbers: true})
		if err != nil {
			t.Fatal(err)
		}
		return StructureKey(Simplify(e, SimplifyOptions{}))
	}
	same := [][2]string{{"1.5*x+2.5*y", "3.5*y+0.5*x"}, {"sin(1.5*x)*y", "y*sin(2.5*x)"}, {"x*(y+z)", "(z+y)*x"}, {"2.5*exp(x+1.5)", "3.5*exp(x)"}}
	for _, p := range same {
		if key(p[0]) != key(p[1]) {
			t.Errorf("%s and %s have different keys", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"x+y", "x-y"}, {"1.5*x", "x"}, {"sin(x)", "cos(x)"}, {"x^2", "x^3"}} {
		if key(p[0]) == key(p[1]) {
			t.Errorf("%s and %s have one key", p[0], p[1])
		}
	}
}

func BenchmarkSimplify(b *testing.B) {
	e := mustParse(b, "m^2*a/sqrt(1-v^2/c^2)+m^2*b/sqrt(1-v^2/c^2)-2*x*y+x^2+y^2")
	dom := map[string]Interval{"m": {1, 2}, "v": {1, 2}, "c": {3, 4}}
	for b.Loop() {
		Simplify(e, SimplifyOptions{Domains: dom})
	}
}
