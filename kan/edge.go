package kan

import (
	"fmt"

	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/library"
)

// EdgeKind tells what an edge carries.
type EdgeKind uint8

// The kinds of edge.
const (
	Zero   EdgeKind = iota // absent: contributes nothing to its node
	Spline                 // a learned curve
	Named                  // c*f(a*x+b)+d with f from the library
)

// String returns "zero", "spline" or "named".
func (k EdgeKind) String() string {
	switch k {
	case Spline:
		return "spline"
	case Named:
		return "named"
	}
	return "zero"
}

// Edge is a function of one variable that joins two nodes.
type Edge struct {
	Kind   EdgeKind
	Spline *bspline.Spline // the curve, for Kind Spline

	// Func and A, B, C, D make up C*Func(A*x+B)+D, for Kind Named.
	Func       *library.Func
	A, B, C, D float64

	// Fixed keeps training from changing the edge's parameters.
	Fixed bool
}

// ZeroEdge returns an absent edge.
func ZeroEdge() *Edge { return &Edge{} }

// SplineEdge returns an edge that carries s, which it owns from then on.
func SplineEdge(s *bspline.Spline) *Edge { return &Edge{Kind: Spline, Spline: s} }

// NamedEdge returns the edge c*f(a*x+b)+d.
func NamedEdge(f *library.Func, a, b, c, d float64) *Edge {
	return &Edge{Kind: Named, Func: f, A: a, B: b, C: c, D: d}
}

// Clone returns a copy that shares only the named function.
func (e *Edge) Clone() *Edge {
	c := *e
	if e.Spline != nil {
		c.Spline = e.Spline.Clone()
	}
	return &c
}

// Active reports whether the edge is there, which means not of Kind Zero.
func (e *Edge) Active() bool { return e.Kind != Zero }

// NumParams returns the number of parameters that training may change: the
// coefficients of a spline, 4 for a named function, none where Fixed.
func (e *Edge) NumParams() int {
	switch {
	case e.Fixed:
		return 0
	case e.Kind == Spline:
		return len(e.Spline.Coef)
	case e.Kind == Named:
		return 4
	}
	return 0
}

// Eval returns the edge's value at x, 0 for an absent edge. Where a named
// function is undefined the value is NaN or infinite.
func (e *Edge) Eval(x float64) float64 {
	switch e.Kind {
	case Spline:
		return e.Spline.Eval(x)
	case Named:
		return e.C*e.Func.Value(e.A*x+e.B) + e.D
	}
	return 0
}

// Derivatives returns the edge's value and its first two derivatives at x.
func (e *Edge) Derivatives(x float64) (f, df, d2f float64) {
	switch e.Kind {
	case Spline:
		return e.Spline.Derivatives(x)
	case Named:
		f, df, d2f = e.Func.Derivatives(e.A*x + e.B)
		return e.C*f + e.D, e.C * e.A * df, e.C * e.A * e.A * d2f
	}
	return 0, 0, 0
}

// affine replaces the edge's function g by scale*g+shift, exactly but for
// rounding. It reports false, and changes nothing, where that is not possible.
func (e *Edge) affine(scale, shift float64) bool {
	switch {
	case e.Fixed:
		return false
	case e.Kind == Spline:
		e.Spline.Affine(scale, shift)
		return true
	case e.Kind == Named:
		e.C *= scale
		e.D = scale*e.D + shift
		return true
	}
	return false
}

func (e *Edge) check() error {
	if e == nil {
		return fmt.Errorf("missing")
	}
	switch e.Kind {
	case Zero:
		return nil
	case Spline:
		s := e.Spline
		if s == nil || s.N < 1 || len(s.Coef) != s.Size() || !finite(s.Lo) || !finite(s.Hi) || !(s.Lo < s.Hi) {
			return fmt.Errorf("spline with a wrong grid")
		}
		for _, c := range s.Coef {
			if !finite(c) {
				return fmt.Errorf("coefficient %v", c)
			}
		}
		return nil
	case Named:
		if e.Func == nil {
			return fmt.Errorf("named edge without a function")
		}
		for _, c := range [...]float64{e.A, e.B, e.C, e.D} {
			if !finite(c) {
				return fmt.Errorf("constant %v", c)
			}
		}
		return nil
	}
	return fmt.Errorf("unknown kind %d", e.Kind)
}
