package export_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/export"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/relu"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// tree is a node as a reader of the JSON sees it.
type tree struct {
	Op, Function, Name     string
	Value                  float64
	Numerator, Denominator float64
	Args                   []tree
}

func (n tree) eval(t *testing.T, at map[string]float64) float64 {
	args := make([]float64, len(n.Args))
	for i, a := range n.Args {
		args[i] = a.eval(t, at)
	}
	v := 0.0
	switch n.Op {
	case "add":
		for _, a := range args {
			v += a
		}
	case "multiply":
		v = 1
		for _, a := range args {
			v *= a
		}
	case "power":
		v = math.Pow(args[0], args[1])
	case "call":
		f, ok := library.Lookup(n.Function)
		if !ok {
			t.Fatalf("unknown function %q", n.Function)
		}
		v = f.Value(args[0])
	case "variable":
		x, ok := at[n.Name]
		if !ok {
			t.Fatalf("unknown variable %q", n.Name)
		}
		v = x
	case "integer", "number":
		v = n.Value
	case "rational":
		v = n.Numerator / n.Denominator
	case "pi":
		v = math.Pi
	default:
		t.Fatalf("unknown operation %q", n.Op)
	}
	return v
}

// network is a network as a reader of the JSON sees it.
type network struct {
	Format string
	Inputs []struct {
		Name, Column string
		Scale        float64
	}
	Expression  string
	Tree        tree
	OutputScale float64 `json:"output_scale"`
	Layers      []struct {
		Nodes []string
		Edges []edge
	}
}

type edge struct {
	From, To, Degree    int
	Knots, Coefficients []float64
	Beyond              string
	Function, Formula   string
	A, B, C, D          float64
}

func (n *network) eval(t *testing.T, row []float64) float64 {
	x := make([]float64, len(row))
	for i, v := range row {
		x[i] = v * n.Inputs[i].Scale
	}
	for _, l := range n.Layers {
		next := make([]float64, len(l.Nodes))
		for j, op := range l.Nodes {
			if op == "product" {
				next[j] = 1
			}
			for _, e := range l.Edges {
				switch {
				case e.To != j:
				case op == "product":
					next[j] *= e.eval(t, x[e.From])
				default:
					next[j] += e.eval(t, x[e.From])
				}
			}
		}
		x = next
	}
	return x[0] * n.OutputScale
}

func (e *edge) eval(t *testing.T, x float64) float64 {
	if e.Function != "" {
		f, err := symbolic.Parse(e.Formula, symbolic.ParseOptions{Vars: []string{"x"}})
		if err != nil {
			t.Fatal(err)
		}
		v, _, _ := reference(f, map[string]float64{"x": e.A*x + e.B})
		return e.C*v + e.D
	}
	lo, hi := e.Knots[e.Degree], e.Knots[len(e.Knots)-1-e.Degree]
	switch at := math.Min(math.Max(x, lo), hi); {
	case math.IsNaN(x):
		return x
	case at != x && e.Beyond == "tangent":
		// The derivative is the spline of degree-1 over differences.
		d := edge{Degree: e.Degree - 1, Knots: e.Knots[1 : len(e.Knots)-1]}
		for i := 1; i < len(e.Coefficients); i++ {
			d.Coefficients = append(d.Coefficients, float64(e.Degree)*(e.Coefficients[i]-e.Coefficients[i-1])/(e.Knots[i+e.Degree]-e.Knots[i]))
		}
		return e.spline(at) + (x-at)*d.spline(at)
	}
	return e.spline(x)
}

// spline sums the basis functions as de Boor and Cox define them.
func (e *edge) spline(x float64) float64 {
	last := len(e.Knots) - 1 - e.Degree
	var basis func(i, k int) float64
	basis = func(i, k int) float64 {
		u := e.Knots
		if k == 0 {
			if i < last && u[i] <= x && x < u[i+1] || x == u[last] && i+1 == last {
				return 1
			}
			return 0
		}
		return (x-u[i])/(u[i+k]-u[i])*basis(i, k-1) + (u[i+k+1]-x)/(u[i+k+1]-u[i+1])*basis(i+1, k-1)
	}
	v := 0.0
	for i, c := range e.Coefficients {
		v += c * basis(i, e.Degree)
	}
	return v
}

func TestJSON(t *testing.T) {
	decode := func(t *testing.T, c *testCase, k int) *network {
		t.Helper()
		n := &network{}
		if err := json.Unmarshal([]byte(written(t, c, export.JSON, k)), n); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		return n
	}
	bothKinds(t, 150, func(t *testing.T, cases []*testCase) [][]float64 {
		got := make([][]float64, len(cases))
		for k, c := range cases {
			n := decode(t, c, k)
			for r, row := range c.rows {
				switch n.Format {
				case "kansym-expression":
					at := map[string]float64{}
					for i, in := range n.Inputs {
						at[in.Name] = row[i]
					}
					got[k] = append(got[k], n.Tree.eval(t, at))
				case "kansym-network":
					all := make([]float64, len(n.Inputs))
					for i, at := range c.inputs {
						all[at] = row[i]
					}
					got[k] = append(got[k], n.eval(t, all))
					// Formulas divide 0 by 0 and overflow where the functions
					// that they spell out do not.
					if strings.HasPrefix(c.name, "edge") && (math.Abs(row[0]) < 0.1 || math.Abs(row[0]) > 50) {
						c.compare[r] = false
					}
				default:
					t.Fatalf("%s: format %q", c.name, n.Format)
				}
			}
		}
		return got
	})
}

// An exported perceptron, read back, is the network.
func TestMLP(t *testing.T) {
	done := 0
	for k, c := range networkCases(t) {
		named := false
		for _, l := range c.model.Network.Layers {
			for _, e := range l.Edges {
				named = named || e.Kind == kan.Named
			}
		}
		if named {
			continue // package relu tests those that it knows
		}
		var m struct {
			Format string
			Inputs []struct{ Name, Column string }
			relu.Network
		}
		if err := json.Unmarshal([]byte(written(t, c, export.MLP, k)), &m); err != nil {
			t.Fatal(err)
		}
		if m.Format != "kansym-mlp" || len(m.Inputs) != len(c.inputs) {
			t.Fatalf("%s: format %q, inputs %v", c.name, m.Format, m.Inputs)
		}
		m.Network.Inputs = len(m.Inputs)
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, row := range c.rows {
			got = append(got, m.Eval(row))
		}
		c.check(t, got, unitOfNetworks)
		done++
	}
	if done < 3 {
		t.Errorf("%d perceptrons", done)
	}
}
