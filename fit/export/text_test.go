package export_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kansym/kansym/fit/export"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

var update = flag.Bool("update", false, "write the golden files")

// Julia's expressions are read by Octave, which shares their syntax; it turns
// complex where Julia raises the error that the exported function makes NaN.
func TestJulia(t *testing.T) {
	octave := need(t, "octave-cli", "--version")
	result := regexp.MustCompile(`(?m)^        return (.*)$`)
	var cases []*testCase
	main := "1;\nSpecialFunctions.erf = @erf;\n"
	for k, c := range formulaCases(t, 150) {
		text := written(t, c, export.Julia, k)
		m := result.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no expression in\n%s", text)
		}
		head := regexp.MustCompile(`function \w+\((.*)\)`).FindStringSubmatch(text)
		args := strings.Split(strings.ReplaceAll(head[1], "::Real", ""), ", ")
		if strings.ContainsFunc(m[1], func(r rune) bool { return r > 127 }) {
			continue // Octave reads ASCII alone
		}
		for r, row := range c.rows {
			c.compare[r] = c.compare[r] && !math.IsNaN(c.want[r])
			if !c.compare[r] {
				main += fmt.Sprintf("printf('%d NaN\\n');\n", len(cases))
				continue
			}
			for i, v := range row {
				main += fmt.Sprintf("%s = %s;\n", args[i], list([]float64{v}))
			}
			main += fmt.Sprintf("printf('%d %%.17g\\n', real(%s));\n", len(cases), m[1])
		}
		cases = append(cases, c)
	}
	dir := t.TempDir()
	save(t, filepath.Join(dir, "driver.m"), main)
	got := readValues(t, output(t, dir, octave, "--no-gui", "--norc", "driver.m"), len(cases))
	compared := 0
	for k, c := range cases {
		compared += c.check(t, got[k], 0)
	}
	if compared < 5*len(cases) {
		t.Errorf("only %d values of %d formulas were compared", compared, len(cases))
	}
}

// The notation of kansym itself reads back as the same formula.
func TestExpr(t *testing.T) {
	for k, c := range formulaCases(t, 100) {
		e, err := symbolic.Parse(strings.TrimSpace(written(t, c, export.Expr, k)), symbolic.ParseOptions{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		var got []float64
		for _, row := range c.rows {
			at := map[string]float64{}
			for i, v := range row {
				at[c.model.Inputs[i].Name] = v
			}
			v, _, _ := reference(e, at)
			got = append(got, v)
		}
		c.check(t, got, 0)
	}
}

// LaTeX is typeset by KaTeX.
func TestLaTeX(t *testing.T) {
	node := need(t, "node", "--version")
	if out, err := exec.Command(node, "-e", "require('katex')").CombinedOutput(); err != nil {
		t.Skipf("katex is not installed, or NODE_PATH does not lead to it: LaTeX is not typeset\n%s", firstLines(out))
	}
	dir := t.TempDir()
	var all strings.Builder
	for k, c := range formulaCases(t, 100) {
		all.WriteString(written(t, c, export.LaTeX, k))
	}
	save(t, filepath.Join(dir, "all.tex"), all.String())
	save(t, filepath.Join(dir, "driver.js"), `
const katex = require("katex");
for (const line of require("fs").readFileSync("all.tex", "utf8").trim().split("\n"))
  if (!katex.renderToString(line, { throwOnError: true, strict: "error" }).includes("katex")) throw line;
`)
	output(t, dir, node, "driver.js")
}

// sample is a small network: splines, a product, a named edge, a pruned input.
func sample(t *testing.T) *export.Model {
	t.Helper()
	net, err := kan.New([]int{3, 2, 1}, kan.NewOptions{Inputs: []string{"pressure", "lambda", "unused"}, Grid: 2, Ops: [][]kan.Op{{kan.Sum, kan.Product}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range net.Layers {
		for k, e := range l.Edges {
			e.Spline = bspline.New(bspline.NewGrid(-1, 1, 2))
			for j := range e.Spline.Coef {
				e.Spline.Coef[j] = float64((7*k+3*j)%5) / 4
			}
		}
	}
	net.Layers[0].Edges[2], net.Layers[0].Edges[5] = kan.ZeroEdge(), kan.ZeroEdge()
	f, _ := library.Lookup("x/(exp(x)-1)")
	net.Layers[0].Edges[1] = kan.NamedEdge(f, 2, 0.5, -1, 0.25)
	net.InputScale[1], net.OutputScale = 0.5, 4
	return &export.Model{
		Target: "flow rate (m3/s)", Network: net,
		Inputs: []export.Input{{Name: "pressure", Column: "pressure"}, {Name: "lambda", Column: "λ (nm)"}, {Name: "unused", Column: "unused"}},
	}
}

// What every language looks like, for a formula and for a network.
func TestGolden(t *testing.T) {
	e, err := symbolic.Parse("lambda*sqrt(1-(v/c)^2)-x1^(1/3)/2+sign(v)", symbolic.ParseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	formula := &export.Model{Target: "wave length", Formula: e, Inputs: []export.Input{
		{Name: "lambda", Column: "λ (nm)"}, {Name: "v", Column: "v"}, {Name: "c", Column: "c"}, {Name: "x1", Column: "x1"}, {Name: "idle", Column: "idle"},
	}}
	for name, m := range map[string]*export.Model{"formula": formula, "network": sample(t)} {
		var b bytes.Buffer
		for _, f := range export.Formats() {
			if f == export.ONNX {
				continue
			}
			if f == export.MLP {
				if m.Network == nil {
					continue
				}
				m = &export.Model{Target: m.Target, Inputs: m.Inputs, Network: m.Network.Clone()}
				m.Network.Layers[0].Edges[1] = kan.ZeroEdge()
			}
			fmt.Fprintf(&b, "==== %s\n", f)
			if err := export.Write(&b, m, f, export.Options{}); err != nil {
				fmt.Fprintf(&b, "%v\n", err)
			}
		}
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s has changed (-want +got):\n%s", name, diff)
		}
	}
}

// A network whose edges all have names is its formula, in every language.
func TestNamedNetwork(t *testing.T) {
	sin, _ := library.Lookup("sin")
	net, err := kan.New([]int{2, 1}, kan.NewOptions{Inputs: []string{"a", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	net.Layers[0].Edges[0] = kan.NamedEdge(sin, 2, 0, 3, 0)
	net.Layers[0].Edges[1] = kan.ZeroEdge()
	m := &export.Model{Network: net, Inputs: []export.Input{{Name: "time", Column: "time"}, {Name: "idle", Column: "idle"}}}
	var b bytes.Buffer
	if err := export.Write(&b, m, export.Expr, export.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "3*sin(2*time)\n" {
		t.Errorf("got %s", got)
	}
	b.Reset()
	if err := export.Write(&b, m, export.C, export.Options{Name: "wave"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "double wave(double time) {\n    return 3.0*sin(2.0*time);") {
		t.Errorf("got %s", b.String())
	}
}

// A function of the user's that has the name of a shape is the user's, and an
// input keeps its name beside a function of one letter.
func TestOwnNames(t *testing.T) {
	f, err := symbolic.ParseFunction("softplus(x)=x^3", nil)
	if err != nil {
		t.Fatal(err)
	}
	net, err := kan.New([]int{2, 1}, kan.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	net.Layers[0].Edges[0] = kan.NamedEdge(f, 2, 0, 1, 0)
	m := &export.Model{Network: net, Inputs: []export.Input{{Name: "force", Column: "force"}, {Name: "f_edge_0", Column: "f_edge_0"}}}
	var b bytes.Buffer
	if err := export.Write(&b, m, export.C, export.Options{Name: "f"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"double f(double force, double x2) {", "double node_1_0 = pow(2.0*force, 3.0);"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is missing in\n%s", want, b.String())
		}
	}
	nameless := &library.Func{Name: "blob", Callable: true, Value: math.Sin, Derivatives: func(x float64) (float64, float64, float64) { return 0, 0, 0 }}
	net.Layers[0].Edges[0] = kan.NamedEdge(nameless, 2, 0, 1, 0)
	for _, f := range []export.Format{export.Go, export.ONNX, export.JSON, export.MATLAB} {
		if err := export.Write(&bytes.Buffer{}, m, f, export.Options{}); err == nil || !strings.Contains(err.Error(), "blob has no formula") {
			t.Errorf("%s of a function without a formula: %v", f, err)
		}
	}
}

func TestRefused(t *testing.T) {
	parse := func(text string) *symbolic.Expr {
		e, err := symbolic.Parse(text, symbolic.ParseOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	bomb := symbolic.Var("x")
	double, err := symbolic.ParseFunction("twice(x)=x+sin(x)*x", nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		bomb = symbolic.Call(double, bomb)
	}
	deep := symbolic.Var("x")
	sin, _ := library.Lookup("sin")
	log, _ := library.Lookup("log")
	for range 70 {
		deep = symbolic.Call(sin, deep)
	}
	long := parse("x" + strings.Repeat("+sin(x)*1.2345678", 700))
	wide, err := kan.New([]int{6, 6, 6, 6, 6, 6, 6, 1}, kan.NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range wide.Layers {
		for k := range l.Edges {
			l.Edges[k] = kan.NamedEdge(sin, 1, 0, 1, 0)
		}
	}
	wideModel := &export.Model{Network: wide}
	for _, name := range wide.Inputs {
		wideModel.Inputs = append(wideModel.Inputs, export.Input{Name: name, Column: name})
	}
	for _, c := range []struct {
		m    *export.Model
		f    export.Format
		opt  export.Options
		want string
	}{
		{formulaModel(symbolic.Div(symbolic.Var("x"), symbolic.Int(0))), export.Go, export.Options{}, "1/0 is not a finite number"},
		{formulaModel(symbolic.Mul(symbolic.Var("x"), symbolic.Call(log, symbolic.Int(-1)))), export.Python, export.Options{}, "log(-1) is not a finite number"},
		{formulaModel(parse("x*1e300*1e300")), export.Go, export.Options{}, "is not a finite number"},
		{formulaModel(parse("x^2")), export.MLP, export.Options{}, "a formula is no network"},
		{formulaModel(parse("2+2")), export.ONNX, export.Options{}, "the formula is a number"},
		{formulaModel(parse("x")), "cobol", export.Options{}, "there is no such format"},
		{formulaModel(parse("x")), export.C, export.Options{Name: "while"}, `"while" cannot be the name of a function`},
		{formulaModel(parse("x")), export.C, export.Options{Name: "a b"}, `"a b" cannot be the name of a function`},
		{formulaModel(bomb), export.C, export.Options{}, "more than 100000 nodes"},
		{formulaModel(deep), export.Excel, export.Options{}, "64 levels"},
		{formulaModel(long), export.Excel, export.Options{}, "a cell takes 8192"},
		{&export.Model{Formula: parse("x+y"), Inputs: []export.Input{{Name: "x"}}}, export.C, export.Options{}, "uses y, which is not among the inputs"},
		{sample(t), export.MLP, export.Options{}, "edge 0:1:0 is named x/(exp(x)-1)"},
		{wideModel, export.LaTeX, export.Options{}, "prune it first"},
		{&export.Model{}, export.C, export.Options{}, "without a formula"},
	} {
		var b bytes.Buffer
		err := export.Write(&b, c.m, c.f, c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%s: error %v and %d bytes, want %q", c.f, err, b.Len(), c.want)
		}
	}
	for _, f := range []export.Format{export.Expr, export.LaTeX, export.SymPy, export.Excel} {
		if err := export.Write(&bytes.Buffer{}, sample(t), f, export.Options{}); !errors.Is(err, export.ErrSplines) {
			t.Errorf("%s of splines: %v", f, err)
		}
	}
	// What no formula can say is written as a network all the same.
	var b bytes.Buffer
	if err := export.Write(&b, wideModel, export.Python, export.Options{}); err != nil || b.Len() > 1e6 {
		t.Errorf("a wide network in Python: %v, %d bytes", err, b.Len())
	}
}
