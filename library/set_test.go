package library

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// userFunc is a function as a user may add it.
func userFunc(name string) *Func {
	return &Func{
		Name: name, Formula: "x^2+1", DerivativeFormula: "2*x", Callable: true, Cost: 6,
		Value:       func(x float64) float64 { return x*x + 1 },
		Derivatives: func(x float64) (float64, float64, float64) { return x*x + 1, 2 * x, 2 },
		Domain:      Domain{Lo: math.Inf(-1), Hi: math.Inf(1)},
	}
}

func TestParseSet(t *testing.T) {
	def := DefaultSet().Names()
	with := func(names ...string) []string { return append(slices.Clone(def), names...) }
	lorentz := userFunc("lorentz")
	tests := []struct {
		spec string
		user []*Func
		want []string
	}{
		{"", nil, def},
		{" default ", nil, def},
		{"polynomial", nil, []string{"1", "x", "x^2", "x^3", "x^4", "x^5", "x^6"}},
		{"trig", nil, []string{"1", "x", "sin", "cos", "tan", "asin", "acos", "atan"}},
		{"trig,-tan, -atan", nil, []string{"1", "x", "sin", "cos", "asin", "acos"}},
		{"trig,exp", nil, []string{"1", "x", "sin", "cos", "tan", "asin", "acos", "atan", "exp"}},
		{"sin,x^2,1/x", nil, []string{"sin", "x^2", "1/x", "1", "x"}},
		{"sin,sin,+sin", nil, []string{"sin", "1", "x"}},
		{"+cbrt", nil, with("cbrt")},
		{"+x^7,+x^-2.5", nil, with("x^7", "1/x^2.5")},
		{"+asinh,-abs", nil, append(slices.DeleteFunc(slices.Clone(def), func(n string) bool { return n == "abs" }), "asinh")},
		{"+gauss", nil, def},
		{"polynomial,x^p", nil, []string{"1", "x", "x^2", "x^3", "x^4", "x^5", "x^6", "x^p"}},
		{"polynomial,-x,-1", nil, []string{"x^2", "x^3", "x^4", "x^5", "x^6", "1", "x"}},
		{"polynomial,-polynomial,sin", nil, []string{"sin", "1", "x"}},
		{"sin", []*Func{lorentz}, []string{"lorentz", "sin", "1", "x"}},
		{"lorentz", []*Func{lorentz}, []string{"lorentz", "1", "x"}},
		{"sin,-lorentz", []*Func{lorentz}, []string{"sin", "1", "x"}},
	}
	for _, tt := range tests {
		s, err := ParseSet(tt.spec, tt.user...)
		if err != nil {
			t.Errorf("ParseSet(%q): %v", tt.spec, err)
			continue
		}
		if got := s.Names(); !slices.Equal(got, tt.want) {
			t.Errorf("ParseSet(%q) = %v\nwant %v", tt.spec, got, tt.want)
		}
	}
	all, err := ParseSet("all")
	if err != nil || all.Len() != len(Builtin()) {
		t.Errorf("all has %d of %d functions, %v", all.Len(), len(Builtin()), err)
	}
}

func TestParseSetErrors(t *testing.T) {
	tests := []struct{ spec, want string }{
		{"sni", `did you mean "sin"?`},
		{"polynomail", `did you mean "polynomial"?`},
		{"+tahn", `did you mean "tanh"?`},
		{"default,-sigmiod", `did you mean "sigmoid"?`},
		{"+lorenz", `did you mean "lorentz"?`},
		{"whatever", "sets are default, polynomial, trig, all"},
		{"sin,,cos", "entry 2 is empty"},
		{"sin,", "entry 2 is empty"},
		{"+", `no function or set ""`},
		{"sin cos", "no function or set"},
		{"x^(1/0)", "no function or set"},
	}
	for _, tt := range tests {
		s, err := ParseSet(tt.spec)
		if err == nil {
			t.Errorf("ParseSet(%q) = %v, want an error", tt.spec, s.Names())
			continue
		}
		if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.spec) {
			t.Errorf("ParseSet(%q): %v\nwant %q and the list", tt.spec, err, tt.want)
		}
	}
}

func TestSetIsNotChanged(t *testing.T) {
	s := DefaultSet()
	before := s.Names()
	s.With(userFunc("f"), userFunc("sin"))
	s.Funcs()[0] = nil
	if !slices.Equal(before, s.Names()) {
		t.Error("With or Funcs changes the set")
	}
	Builtin()[0] = nil
	if Builtin()[0] == nil {
		t.Error("Builtin hands out its own slice")
	}
}

func TestSetLookup(t *testing.T) {
	s, err := ParseSet("sin,x^2,sqrt")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"sin": "sin", "sin(x)": "sin", "square": "x^2", "x^0.5": "sqrt", "x": "x"} {
		if f, ok := s.Lookup(name); !ok || f.Name != want {
			t.Errorf("Lookup(%q) = %v, %v", name, f, ok)
		}
	}
	if f, ok := s.Lookup("cos"); ok {
		t.Errorf("Lookup(cos) = %v, which is not a member", f)
	}
	if s.RealPowers() || !DefaultSet().RealPowers() {
		t.Error("x^p is a member of the default set and not of sin,x^2,sqrt")
	}
}

// What formulas can call does not depend on what curves are named with.
func TestCallable(t *testing.T) {
	mine, own := userFunc("mine"), userFunc("sin")
	s, err := ParseSet("x^2,-mine", mine, own)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		set  *Set
		name string
		want *Func
	}{
		{s, "mine", mine}, {s, "sin", own}, {s, "cos", builtin.byName["cos"]}, {s, "ln", builtin.byName["log"]},
		{nil, "sin", builtin.byName["sin"]}, {nil, "arctan", builtin.byName["atan"]}, {nil, "mine", nil},
		{nil, "sigmoid", nil}, {nil, "x^2", nil}, {nil, "sqrt", builtin.byName["sqrt"]},
	}
	for _, tt := range tests {
		if f, ok := tt.set.Callable(tt.name); f != tt.want || ok != (tt.want != nil) {
			t.Errorf("Callable(%q) = %v, %v, want %v", tt.name, f, ok, tt.want)
		}
	}
	seen := map[string]*Func{}
	for _, f := range s.Callables() {
		if seen[f.Name] != nil {
			t.Errorf("Callables has %s twice", f.Name)
		}
		seen[f.Name] = f
	}
	if seen["mine"] != mine || seen["sin"] != own || seen["erf"] == nil || seen["sigmoid"] != nil {
		t.Errorf("Callables = %v", s.Callables())
	}
	for _, name := range strings.Fields("sin cos tan asin acos atan sinh cosh tanh exp log sqrt cbrt abs sign asinh erf") {
		if _, ok := (*Set)(nil).Callable(name); !ok {
			t.Errorf("formulas cannot call %s", name)
		}
	}
}

func FuzzParseSet(f *testing.F) {
	for _, s := range []string{"", "default,-sin", "+tanh,-abs", "sin,,", "x^p,x^2.5", "+,-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := ParseSet(spec)
		if err != nil {
			return
		}
		again, err := ParseSet(strings.Join(s.Names(), ","))
		if err != nil || !slices.Equal(again.Names(), s.Names()) {
			t.Errorf("the names of %q do not lead back to the set: %v", spec, err)
		}
	})
}
