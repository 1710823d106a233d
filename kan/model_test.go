package kan

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write golden files anew")

// sameFunc compares named functions by pointer.
var sameFunc = cmp.Comparer(func(a, b *library.Func) bool { return a == b })

// bits compares floats by their bits: -0 is not 0.
var bits = cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })

func mustFunc(t testing.TB, name string) *library.Func {
	t.Helper()
	f, ok := library.Lookup(name)
	if !ok {
		t.Fatalf("no function %q", name)
	}
	return f
}

// sample returns a model with all there can be in one: both kinds of node,
// absent, spline, named and fixed edges, awkward numbers, names that need
// quoting, and a history.
func sample(t testing.TB) *Model {
	t.Helper()
	grid := bspline.Grid{Lo: -1.0 / 3, Hi: 5e-324 + 1, N: 1}
	s := &bspline.Spline{Grid: grid, Coef: []float64{math.Copysign(0, -1), 1e-300, -math.MaxFloat64, 0.1}}
	n := network(t, []int{2, 2, 1},
		SplineEdge(s), NamedEdge(mustFunc(t, "sin"), math.Pi, -0.5, 2, 0),
		nil, line(1, 2),
		line(1, 0), NamedEdge(mustFunc(t, "exp"), 1, 0, 1e-30, 1e30))
	n.Layers[0].Ops[0] = Product
	n.Layers[1].Edges[1].Fixed = true
	n.Inputs = []string{"speed", "flow_rate_m3_s"}
	n.InputScale = []float64{math.Ldexp(1, -1000), 0.5}
	n.OutputScale = math.Ldexp(1, 100)
	first := network(t, []int{2, 1}, line(1, 0), line(2, 0))
	first.Inputs = n.Inputs
	m := &Model{
		Target: `a "b" <c> \ [d], {e}:`, Columns: []string{"speed", "flow rate (m3/s)"},
		Snapshot: Snapshot{Command: `train "a.csv" -m m.json`, Network: first},
	}
	return m.Step(Snapshot{Command: "widen m.json", Network: n, Summary: &Summary{
		Rows: 1500, RowsHeldout: 500, RMSETrain: 1e-5, RMSEHeldout: 1.0 / 3, HeldRelative: 2e-5, Iterations: 60, Seed: math.MaxUint64,
	}})
}

func save(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The file format is a promise: the bytes of this file do not change, and it
// can be read for ever.
func TestModelGolden(t *testing.T) {
	m := sample(t)
	got := save(t, m)
	path := filepath.Join("testdata", "model-v1.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("the file changed (-want +got):\n%s", d)
	}
	back, err := Load(bytes.NewReader(want), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, back, sameFunc, bits); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
}

// What is saved is loaded bit for bit, and predicts bit for bit.
func TestModelRoundTrip(t *testing.T) {
	cols := randomColumns(3, 3, 40, -2, 2)
	rapid.Check(t, func(t *rapid.T) {
		n := randomNetwork(rapid.Uint64().Draw(t, "seed"), 3, 2, 3, 1)
		e := n.Layers[0].Edges[0]
		*e = *NamedEdge(library.Builtin()[rapid.IntRange(0, len(library.Builtin())-1).Draw(t, "function")],
			rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b"), rapid.Float64().Draw(t, "c"), rapid.Float64().Draw(t, "d"))
		e.Fixed = rapid.Bool().Draw(t, "fixed")
		m := &Model{Target: rapid.String().Draw(t, "target"), Snapshot: Snapshot{Network: n}}
		for range rapid.IntRange(0, 3).Draw(t, "steps") {
			m = m.Step(Snapshot{Command: rapid.StringMatching(`[ -~]*`).Draw(t, "command"), Network: n})
		}
		var b bytes.Buffer
		if err := m.Save(&b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		back, err := Load(&b, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if d := cmp.Diff(m.Snapshot, back.Snapshot, sameFunc, bits); d != "" {
			t.Fatal(d)
		}
		if back.Target != strings.ToValidUTF8(m.Target, "\ufffd") || back.Version() != m.Version() {
			t.Fatalf("target %q of version %d, want %q of %d", back.Target, back.Version(), m.Target, m.Version())
		}
		want, got := make([]float64, 40), make([]float64, 40)
		n.Predict(want, cols)
		back.Network.Predict(got, cols)
		if d := cmp.Diff(want, got, bits); d != "" {
			t.Fatal(d)
		}
	})
}

func TestModelHistory(t *testing.T) {
	var m *Model
	for v := 1; v <= 4; v++ {
		s := Snapshot{Command: fmt.Sprint("step ", v), Network: network(t, []int{1, 1}, line(float64(v), 0))}
		if v == 1 {
			m = &Model{Target: "y", Snapshot: s}
		} else {
			m = m.Step(s)
		}
	}
	if m.Version() != 4 || m.Command != "step 4" {
		t.Fatalf("version %d made by %q", m.Version(), m.Command)
	}
	for v := 1; v <= 4; v++ {
		r, err := m.Rewind(v)
		if err != nil {
			t.Fatal(err)
		}
		if s, _ := m.At(v); r.Version() != v || r.Command != fmt.Sprint("step ", v) || r.Network != s.Network {
			t.Errorf("rewound to %d: version %d made by %q", v, r.Version(), r.Command)
		}
	}
	// Two continuations of one model do not write into each other's history.
	r, _ := m.Rewind(2)
	a, b := r.Step(Snapshot{Command: "a"}), r.Step(Snapshot{Command: "b"})
	a2, b2 := a.Step(Snapshot{Command: "a2"}), b.Step(Snapshot{Command: "b2"})
	if a2.History[2].Command != "a" || b2.History[2].Command != "b" || a2.Network != r.Network {
		t.Errorf("histories mixed: %q, %q", a2.History[2].Command, b2.History[2].Command)
	}
	for _, v := range []int{0, 5, -1} {
		if _, err := m.Rewind(v); err == nil {
			t.Errorf("rewound to version %d of 4", v)
		}
	}
}

// A function of the user is saved with its formula and found by the resolver.
func TestModelUserFunction(t *testing.T) {
	hill := &library.Func{
		Name: "hill3", Formula: "x^3/(1+x^3)", Callable: true,
		Value: func(x float64) float64 { return x * x * x / (1 + x*x*x) },
	}
	m := &Model{Target: "y", Snapshot: Snapshot{Network: network(t, []int{1, 1}, NamedEdge(hill, 1, 2, 3, 4))}}
	text := save(t, m)
	_, err := Load(bytes.NewReader(text), nil)
	if err == nil || !strings.Contains(err.Error(), "hill3(x) = x^3/(1+x^3)") {
		t.Errorf("without a resolver: %v", err)
	}
	back, err := Load(bytes.NewReader(text), func(name, formula string) (*library.Func, error) {
		if name != "hill3" || formula != "x^3/(1+x^3)" {
			t.Errorf("asked for %q = %q", name, formula)
		}
		return hill, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, back, sameFunc, bits); d != "" {
		t.Error(d)
	}
	if _, err := Load(bytes.NewReader(text), func(string, string) (*library.Func, error) { return nil, nil }); err == nil {
		t.Error("a resolver that finds nothing is believed")
	}
}

func TestModelSaveErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(m *Model)
		want   string
	}{
		{"no network", func(m *Model) { m.Network = nil }, "without a network"},
		{"columns", func(m *Model) { m.Columns = []string{"a"} }, "1 columns for 2 inputs"},
		{"NaN coefficient", func(m *Model) { m.Network.Layers[0].Edges[0].Spline.Coef[1] = math.NaN() }, "NaN"},
		{"infinite constant", func(m *Model) { m.Network.Layers[0].Edges[1].D = math.Inf(1) }, "+Inf"},
		{"infinite error", func(m *Model) { m.Summary.RMSETrain = math.Inf(1) }, "not finite"},
		{"negative rows", func(m *Model) { m.Summary.Rows = -1 }, "negative"},
		{"grid", func(m *Model) { m.Network.Layers[0].Edges[0].Spline.Hi = -1 }, "grid"},
		{"wide grid", func(m *Model) {
			s := m.Network.Layers[0].Edges[0].Spline
			s.Lo, s.Hi = -math.MaxFloat64, math.MaxFloat64
		}, "grid"},
		{"old network", func(m *Model) { m.History[0].Network.Layers = nil }, "version 1"},
		{"history", func(m *Model) { m.History = make([]Snapshot, maxHistory+1) }, "earlier versions"},
	} {
		m := sample(t)
		c.change(m)
		var b bytes.Buffer
		if err := m.Save(&b); err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%s: wrote %d bytes, error %v", c.name, b.Len(), err)
		}
	}
}

func TestModelLoadErrors(t *testing.T) {
	good := string(save(t, sample(t)))
	for _, c := range []struct{ name, old, new, want string }{
		{"empty", good, " \n", "empty"},
		{"not JSON", good, "x,y\n1,2\n", "line 1, column 1"},
		{"cut short", good, good[:len(good)/2], "the file ends too early; it was cut off"},
		{"other JSON", good, `{"version": 1, "best": {}}`, "not a model file"},
		{"newer", `"version": 1, "target"`, `"version": 2, "target"`, "newer kansym"},
		{"version 0", `"version": 1, "target"`, `"version": 0, "target"`, "does not exist"},
		{"no target", good, `{"format": "kansym-model", "version": 1, "history": []}`, "\"target\" is missing"},
		{"no history", good, `{"format": "kansym-model", "version": 1, "target": "y", "history": []}`, "history"},
		{"no network", good, `{"format": "kansym-model", "version": 1, "target": "y", "history": [{"version": 1}]}`, "no network"},
		{"versions", `"version": 2, "command"`, `"version": 3, "command"`, "version 3 stands where 2"},
		{"unknown field", `"target":`, `"units": "m", "target":`, `line 1, column 42: "units" is no field that belongs there`},
		{"too large a number", "1e-300", "1e999", `"coef" in history.network.layers.edges is the number 1e999, which is out of range`},
		{"text for a number", "1e-300", `"one"`, `"coef" in history.network.layers.edges is text; a number belongs there`},
		{"function", `"sin"`, `"sine"`, `unknown function "sine"`},
		{"node", `"product"`, `"quotient"`, "quotient"},
		{"edge out of range", `"from": 1, "to": 1`, `"from": 2, "to": 1`, "edge from 2 to 1"},
		{"negative edge", `"from": 1, "to": 1`, `"from": -1, "to": 1`, "edge from -1"},
		{"edge twice", `"from": 1, "to": 1`, `"from": 0, "to": 0`, "twice"},
		{"both kinds", `"function": "sin"`, `"lo": 1, "function": "sin"`, "either"},
		{"neither kind", `"from": 1, "to": 0, "function": "sin", "a": 3.141592653589793, "b": -0.5, "c": 2, "d": 0`, `"from": 1, "to": 0`, "either"},
		{"half a function", `"b": -0.5, `, ``, "wants function"},
		{"half a spline", `"lo": -0.3333333333333333, `, ``, "wants lo"},
		{"grid upside down", `"hi": 1,`, `"hi": -1,`, "grid"},
		{"too few coefficients", `"coef": [-0, 1e-300, `, `"coef": [`, "at least 4"},
		{"scale", `"scale": 0.5`, `"scale": 0.3`, "power of two"},
		{"scale 0", `"scale": 0.5`, `"scale": 0`, "power of two"},
		{"output scale", `"output_scale": 1,`, `"output_scale": -1,`, "power of two"},
		{"name", `"name": "speed"`, `"name": ""`, "no name"},
		{"two outputs", `"nodes": ["sum"]`, `"nodes": ["sum", "sum"]`, "output"},
		{"columns", `"columns": ["speed", `, `"columns": ["a", "b", `, "3 columns"},
		{"one name for two inputs", `"name": "flow_rate_m3_s"`, `"name": "speed"`, `two inputs are called "speed"`},
		{"one column for two inputs", `"columns": ["speed", "flow rate (m3/s)"]`, `"columns": ["speed", "speed"]`, `two inputs are the column "speed"`},
		{"target among the columns", `"target": "a \"b\" <c> \\ [d], {e}:"`, `"target": "speed"`, `the target "speed" is also an input`},
	} {
		text := strings.Replace(good, c.old, c.new, 1)
		if text == good {
			t.Errorf("%s: %q is not in the file", c.name, c.old)
			continue
		}
		m, err := Load(strings.NewReader(text), nil)
		if err == nil || m != nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "kan: load model: ") {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.want)
		}
	}
	if _, err := Load(failingReader{}, nil); err == nil || !strings.Contains(err.Error(), "disk on fire") {
		t.Errorf("failing reader: %v", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, fmt.Errorf("disk on fire") }

// A small file cannot ask for a large network.
func TestModelLoadIsBounded(t *testing.T) {
	nodes := strings.Repeat(`"sum",`, maxNodes-1) + `"sum"`
	layer := fmt.Sprintf(`{"nodes": [%s], "edges": []}`, nodes)
	text := fmt.Sprintf(`{"format": %q, "version": 1, "target": "y", "history": [{"version": 1, "command": "", "network":
		{"inputs": [{"name": "x", "scale": 1}], "output_scale": 1, "layers": [%s, %s]}}]}`, FormatName, layer, layer)
	if _, err := Load(strings.NewReader(text), nil); err == nil || !strings.Contains(err.Error(), "possible edges") {
		t.Errorf("%v", err)
	}
}

// Load never panics, and what it accepts it can save and load again.
func FuzzLoad(f *testing.F) {
	f.Add(save(f, sample(f)))
	f.Add([]byte(`{"format": "kansym-model", "version": 1, "target": "y", "history": [{"version": 1, "command": "",
		"network": {"inputs": [{"name": "x", "scale": 1}], "output_scale": 1, "layers": [{"nodes": ["sum"], "edges": []}]}}]}`))
	f.Add([]byte(`{"format": "kansym-model", "version": 1}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Load(bytes.NewReader(text), nil)
		if err != nil {
			if m != nil || !strings.HasPrefix(err.Error(), "kan: ") {
				t.Fatalf("model %v with error %v", m, err)
			}
			return
		}
		first := save(t, m)
		again, err := Load(bytes.NewReader(first), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		if second := save(t, again); !bytes.Equal(first, second) {
			t.Fatalf("saved\n%s\nthen\n%s", first, second)
		}
		n := m.Network
		cols := make([][]float64, len(n.Inputs))
		for i := range cols {
			cols[i] = []float64{-1, 0, 1e300}
		}
		n.Predict(make([]float64, 3), cols)
	})
}

// The numbers that stood for missing ones go with the model and its later states.
func TestModelMissing(t *testing.T) {
	m := sample(t)
	m.Missing = []MissingCode{{"speed", -999}, {"flow rate (m3/s)", 9.96921e36}}
	back, err := Load(bytes.NewReader(save(t, m)), nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := back.Rewind(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []*Model{back, first, back.Step(Snapshot{Command: "swap"})} {
		if diff := cmp.Diff(m.Missing, got.Missing); diff != "" {
			t.Error(diff)
		}
	}
	m.Missing[0].Value = math.NaN()
	if err := m.Save(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), `"speed"`) {
		t.Errorf("a model with NaN for a missing number was saved: %v", err)
	}
}
