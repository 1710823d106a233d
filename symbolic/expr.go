package symbolic

import (
	"math"
	"sort"
	"strconv"

	"github.com/kansym/kansym/library"
)

// Kind tells what a node of an expression is.
type Kind uint8

// The kinds of node.
const (
	KindRational Kind = iota // an exact rational number p/q
	KindFloat                // a decimal constant, free to be refitted or fixed
	KindPi                   // the constant pi
	KindVar                  // a variable
	KindAdd                  // a sum of two or more terms
	KindMul                  // a product of two or more factors
	KindPow                  // base^exponent
	KindCall                 // a function of one argument
)

// Expr is a node of an immutable expression tree. Subtrees may be shared; no
// method changes a node. Differences, quotients, negations and square roots
// have no kind of their own: x-y is x+(-1)*y, x/y is x*y^-1 and sqrt(x) is
// x^(1/2); printers bring the usual notation back.
type Expr struct {
	kind Kind
	free bool          // KindFloat: may be refitted
	p, q int64         // KindRational: p/q in lowest terms, q > 0
	v    float64       // numeric value of constants
	name string        // KindVar
	fn   *library.Func // KindCall
	args []*Expr       // KindAdd, KindMul: terms; KindPow: base, exponent; KindCall: argument
	hash uint64
}

// Int returns the exact integer n.
func Int(n int64) *Expr { return Rat(n, 1) }

// Rat returns the exact rational p/q. It panics if q is zero.
func Rat(p, q int64) *Expr {
	if q == 0 {
		panic("symbolic: rational with zero denominator")
	}
	if q < 0 {
		p, q = -p, -q
	}
	if g := gcd(p, q); g > 1 {
		p, q = p/g, q/g
	}
	return seal(&Expr{kind: KindRational, p: p, q: q, v: float64(p) / float64(q)})
}

// Float returns a decimal constant that refitting leaves alone.
func Float(v float64) *Expr { return seal(&Expr{kind: KindFloat, v: v}) }

// Free returns a constant with starting value v that refitting may change.
func Free(v float64) *Expr { return seal(&Expr{kind: KindFloat, v: v, free: true}) }

// Pi returns the constant pi.
func Pi() *Expr { return piNode }

// Var returns the variable called name.
func Var(name string) *Expr { return seal(&Expr{kind: KindVar, name: name}) }

// Add returns the sum of the terms, flattening sums among them. It does not
// simplify otherwise. The empty sum is 0, the sum of one term is the term.
func Add(terms ...*Expr) *Expr { return nary(KindAdd, 0, terms) }

// Mul returns the product of the factors, flattening products among them. It
// does not simplify otherwise. The empty product is 1.
func Mul(factors ...*Expr) *Expr { return nary(KindMul, 1, factors) }

// Sub returns a-b.
func Sub(a, b *Expr) *Expr { return Add(a, Neg(b)) }

// Div returns a/b.
func Div(a, b *Expr) *Expr { return Mul(a, Pow(b, Int(-1))) }

// Neg returns -a.
func Neg(a *Expr) *Expr {
	switch a.kind {
	case KindRational:
		return Rat(-a.p, a.q)
	case KindFloat:
		return seal(&Expr{kind: KindFloat, v: -a.v, free: a.free})
	}
	return Mul(Int(-1), a)
}

// Pow returns base^exponent.
func Pow(base, exponent *Expr) *Expr {
	return seal(&Expr{kind: KindPow, args: []*Expr{base, exponent}})
}

// Sqrt returns the square root of a, the power 1/2.
func Sqrt(a *Expr) *Expr { return Pow(a, Rat(1, 2)) }

// Call returns f(a). For a function that formulas cannot call by name, use
// Apply, which spells it out.
func Call(f *library.Func, a *Expr) *Expr {
	return seal(&Expr{kind: KindCall, fn: f, args: []*Expr{a}})
}

// Kind returns what the node is.
func (e *Expr) Kind() Kind { return e.kind }

// Args returns the children: terms of a sum, factors of a product, base and
// exponent of a power, the argument of a call. The caller must not change it.
func (e *Expr) Args() []*Expr { return e.args }

// Name returns the name of a variable, or of the function of a call.
func (e *Expr) Name() string {
	if e.kind == KindCall {
		return e.fn.Name
	}
	return e.name
}

// Func returns the function of a call, nil for other nodes.
func (e *Expr) Func() *library.Func { return e.fn }

// IsConst reports whether the node itself is a number (a rational, a decimal
// or pi).
func (e *Expr) IsConst() bool { return e.kind <= KindPi }

// IsFree reports whether the node is a constant that refitting may change.
func (e *Expr) IsFree() bool { return e.kind == KindFloat && e.free }

// Const returns the value of a constant node, NaN for other nodes.
func (e *Expr) Const() float64 {
	if !e.IsConst() {
		return math.NaN()
	}
	return e.v
}

// Rational returns numerator and denominator of an exact rational.
func (e *Expr) Rational() (p, q int64, ok bool) { return e.p, e.q, e.kind == KindRational }

// IsInt reports whether the node is the exact integer n.
func (e *Expr) IsInt(n int64) bool { return e.kind == KindRational && e.q == 1 && e.p == n }

// Hash returns a hash of the tree. Equal trees have equal hashes.
func (e *Expr) Hash() uint64 { return e.hash }

// Shape is a hash of the tree without the values of its free constants.
func (e *Expr) Shape() uint64 {
	return e.Map(func(n *Expr) *Expr {
		if n.IsFree() {
			return Free(1)
		}
		return n
	}).hash
}

// Equal reports whether two trees are the same node for node.
func (e *Expr) Equal(o *Expr) bool {
	if e == o {
		return true
	}
	if e.hash != o.hash || e.kind != o.kind || e.free != o.free || e.p != o.p || e.q != o.q ||
		math.Float64bits(e.v) != math.Float64bits(o.v) || e.name != o.name || len(e.args) != len(o.args) {
		return false
	}
	if e.kind == KindCall && e.fn.Name != o.fn.Name {
		return false
	}
	for i := range e.args {
		if !e.args[i].Equal(o.args[i]) {
			return false
		}
	}
	return true
}

// Vars returns the names of the variables that occur in e, sorted.
func (e *Expr) Vars() []string {
	seen := map[string]bool{}
	e.Walk(func(n *Expr) bool {
		if n.kind == KindVar {
			seen[n.name] = true
		}
		return true
	})
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Walk calls visit for e and then for its descendants, parents first and from
// left to right; where visit returns false the node's children are passed over.
func (e *Expr) Walk(visit func(*Expr) bool) {
	if !visit(e) {
		return
	}
	for _, a := range e.args {
		a.Walk(visit)
	}
}

// Map rebuilds e from the leaves up: every node, its children already
// replaced, is handed to f and replaced by what f returns.
func (e *Expr) Map(f func(*Expr) *Expr) *Expr {
	if len(e.args) == 0 {
		return f(e)
	}
	args := make([]*Expr, len(e.args))
	same := true
	for i, a := range e.args {
		args[i] = a.Map(f)
		same = same && args[i] == a
	}
	if same {
		return f(e)
	}
	return f(e.withArgs(args))
}

// Subst returns e with each variable that values has an entry for replaced by
// that entry.
func (e *Expr) Subst(values map[string]*Expr) *Expr {
	return e.Map(func(n *Expr) *Expr {
		if n.kind == KindVar {
			if v, ok := values[n.name]; ok {
				return v
			}
		}
		return n
	})
}

// FreeValues returns the values of the free constants in the order in which
// Walk meets them.
func (e *Expr) FreeValues() []float64 {
	var vs []float64
	e.Walk(func(n *Expr) bool {
		if n.IsFree() {
			vs = append(vs, n.v)
		}
		return true
	})
	return vs
}

// WithFree returns e with its free constants, in the order of FreeValues,
// replaced by nodes: Free(v) for a new value, any constant to fix it. It
// panics when the lengths differ.
func (e *Expr) WithFree(nodes []*Expr) *Expr {
	i := 0
	out := e.withFree(nodes, &i)
	if i != len(nodes) {
		panic("symbolic: wrong number of constants")
	}
	return out
}

func (e *Expr) withFree(nodes []*Expr, i *int) *Expr {
	if e.IsFree() {
		if *i >= len(nodes) {
			panic("symbolic: wrong number of constants")
		}
		*i++
		return nodes[*i-1]
	}
	if len(e.args) == 0 {
		return e
	}
	args := make([]*Expr, len(e.args))
	for k, a := range e.args {
		args[k] = a.withFree(nodes, i)
	}
	return e.withArgs(args)
}

// withArgs returns a copy of e over other children, flattening where needed.
func (e *Expr) withArgs(args []*Expr) *Expr {
	switch e.kind {
	case KindAdd:
		return Add(args...)
	case KindMul:
		return Mul(args...)
	case KindPow:
		return Pow(args[0], args[1])
	case KindCall:
		return Call(e.fn, args[0])
	}
	return e
}

func nary(kind Kind, unit int64, args []*Expr) *Expr {
	flat := make([]*Expr, 0, len(args))
	for _, a := range args {
		if a.kind == kind {
			flat = append(flat, a.args...)
		} else {
			flat = append(flat, a)
		}
	}
	switch len(flat) {
	case 0:
		return Int(unit)
	case 1:
		return flat[0]
	}
	return seal(&Expr{kind: kind, args: flat})
}

var piNode = seal(&Expr{kind: KindPi, v: math.Pi})

// seal computes the hash (FNV-1a over the node and its children's hashes).
func seal(e *Expr) *Expr {
	h := uint64(14695981039346656037)
	mix := func(x uint64) {
		for range 8 {
			h = (h ^ (x & 0xff)) * 1099511628211
			x >>= 8
		}
	}
	mix(uint64(e.kind))
	switch e.kind {
	case KindRational:
		mix(uint64(e.p))
		mix(uint64(e.q))
	case KindFloat:
		mix(math.Float64bits(e.v))
		if e.free {
			mix(1)
		}
	case KindVar:
		for _, c := range []byte(e.name) {
			mix(uint64(c))
		}
	case KindCall:
		for _, c := range []byte(e.fn.Name) {
			mix(uint64(c))
		}
	}
	for _, a := range e.args {
		mix(a.hash)
	}
	e.hash = h
	return e
}

func gcd(a, b int64) int64 {
	if a < 0 {
		a = -a
	}
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// String prints e in expr-lang notation, for debugging and messages alike.
func (e *Expr) String() string { return e.Format(library.LangExpr) }

// formatFloat prints v so that it parses back to the same bits.
func formatFloat(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
