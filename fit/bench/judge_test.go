package bench

import (
	"math"
	"testing"

	"github.com/kansym/kansym/symbolic"
)

func TestJudge(t *testing.T) {
	const (
		two  = `[{"name":"a","low":1,"high":3},{"name":"b","low":1,"high":3}]`
		sign = `[{"name":"a","low":-1,"high":1}]`
		far  = `[{"name":"a","low":10,"high":30}]`
	)
	for _, c := range []struct {
		name, truth, vars, answer string
		noise                     float64
		cause                     string // of the miss; empty is solved
	}{
		{name: "itself", truth: "a*b", vars: two, answer: "a*b"},
		{name: "expanded", truth: "(a+b)^2", vars: two, answer: "a^2+2*a*b+b^2"},
		{name: "a fraction", truth: "1/a+1/b", vars: two, answer: "(a+b)/(a*b)"},
		{name: "an identity", truth: "sin(2*a)", vars: two, answer: "2*sin(a)*cos(a)"},
		{name: "logarithms", truth: "log(a*b)", vars: two, answer: "log(a)+log(b)"},
		{name: "a constant added", truth: "a*b", vars: two, answer: "a*b+17.3"},
		{name: "a constant multiplied", truth: "a/b", vars: two, answer: "-4.2*a/b"},
		{name: "added and multiplied", truth: "a/b", vars: two, answer: "4.2*a/b+17", cause: farOff},
		{name: "nearly a constant within", truth: "sin(2*a)+b", vars: two, answer: "sin(2.0000001*a)+b"},
		{name: "not quite", truth: "sin(2*a)+b", vars: two, answer: "sin(2.0001*a)+b", cause: "another formula"},
		{name: "not quite a power", truth: "a^2*b", vars: two, answer: "a^2.0001*b", cause: "another formula"},
		{name: "another formula", truth: "a*b+9*a", vars: two, answer: "b+9*a", cause: "another formula"},
		{name: "far off", truth: "a*b", vars: two, answer: "sin(9*a)", cause: farOff},
		{name: "a constant", truth: "a*b", vars: two, answer: "4", cause: farOff},
		{name: "nothing", truth: "a*b", vars: two, answer: "0", cause: farOff},
		{name: "equal within alone", truth: "abs(a-4)", vars: `[{"name":"a","low":1,"high":4}]`, answer: "4-a", cause: "differs outside the ranges"},
		{name: "undefined outside", truth: "a", vars: `[{"name":"a","low":0,"high":2}]`, answer: "sqrt(a)^2", cause: "undefined outside the ranges"},
		{name: "undefined within", truth: "a", vars: sign, answer: "sqrt(a)^2", cause: "undefined within the ranges"},
		{name: "the law undefined outside", truth: "sqrt(a)", vars: `[{"name":"a","low":0.1,"high":2}]`, answer: "a/sqrt(a)"},
		{name: "a pole within", truth: "1/a+b", vars: `[{"name":"a","low":-1,"high":1},{"name":"b","low":1,"high":3}]`, answer: "(1+a*b)/a"},
		{name: "an input too many", truth: "a*b", vars: two, answer: "a*b+0.000000001*extra1", cause: "uses an input the law does not have"},
		{name: "too long", truth: "a*b", vars: two, answer: "a*b*sin(a)^2+a*b*cos(a)^2", cause: "17 nodes for 3"},

		{name: "noise, near", truth: "sin(2*a)+b", vars: two, answer: "sin(2.0001*a)+b", noise: 0.01},
		{name: "noise, far", truth: "sin(2*a)+b", vars: two, answer: "sin(2.02*a)+b", noise: 0.01, cause: "another formula"},
		{name: "noise, tolerated", truth: "sin(2*a)+b", vars: two, answer: "sin(2.02*a)+b", noise: 5},
		{name: "noise, rounded", truth: "sin(2*a)", vars: far, answer: "sin(2.0004*a)", noise: 0.01},
		{name: "noise, rounded away", truth: "sin(2*a)", vars: far, answer: "sin(2.0006*a)", noise: 0.01, cause: "another formula"},
		{name: "noise, small constants stay", truth: "sin(a)+0.0004*b", vars: two, answer: "sin(a)+0.0004*b", noise: 0.01},
		{name: "noise, input too many", truth: "a*b", vars: two, answer: "a*b+0.01*extra1", noise: 0.1, cause: "uses an input the law does not have"},
	} {
		p := problem(t, c.truth, c.vars)
		answer, err := symbolic.Parse(c.answer, symbolic.ParseOptions{Vars: append(p.Names(), "extra1")})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		// Which points are drawn must not matter.
		for seed := range uint64(5) {
			v := p.Judge(answer, c.noise, seed)
			if v.Solved != (c.cause == "") || v.Cause != c.cause {
				t.Errorf("%s, seed %d: %+v (%d nodes for %d), want cause %q", c.name, seed, v, answer.Complexity(), p.Expr().Complexity(), c.cause)
			}
			if math.IsNaN(v.Error) || v.Error < 0 {
				t.Errorf("%s: error %v", c.name, v.Error)
			}
		}
	}
}

// An answer may have three times the nodes of the truth, and not one more.
func TestJudgeSize(t *testing.T) {
	p := problem(t, "a*b", `[{"name":"a","low":1,"high":3},{"name":"b","low":1,"high":3}]`)
	for _, c := range []struct {
		answer string
		nodes  int
		solved bool
	}{
		{"exp(log(a)+log(b))", 6, true},
		{"sqrt(a)*sqrt(a)*b*5", 9, true},
		{"sqrt(a)*sqrt(a)*abs(b)*5", 10, false},
	} {
		answer, err := symbolic.Parse(c.answer, symbolic.ParseOptions{Vars: p.Names()})
		if err != nil {
			t.Fatal(err)
		}
		v := p.Judge(answer, 0, 1)
		if v.Solved != c.solved || answer.Complexity() != c.nodes {
			t.Errorf("%s: %+v with %d nodes, want solved %v with %d", c.answer, v, answer.Complexity(), c.solved, c.nodes)
		}
	}
}
