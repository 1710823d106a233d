package bspline

// Spline is a uniform cubic B-spline: a grid and its N+3 coefficients.
type Spline struct {
	Grid
	Coef []float64 `json:"coef"`
}

// New returns the spline on grid g that is zero everywhere.
func New(g Grid) *Spline { return &Spline{Grid: g, Coef: make([]float64, g.Size())} }

// Linear returns the spline on grid g that equals slope*x+offset, on the grid
// and beyond.
func Linear(g Grid, slope, offset float64) *Spline {
	s := New(g)
	h := g.Step()
	for j := range s.Coef {
		s.Coef[j] = slope*(g.Lo+float64(j-1)*h) + offset
	}
	return s
}

// Clone returns a copy that shares nothing with s.
func (s *Spline) Clone() *Spline {
	return &Spline{Grid: s.Grid, Coef: append([]float64(nil), s.Coef...)}
}

// Eval returns s(x).
func (s *Spline) Eval(x float64) float64 {
	var b [Order]float64
	i := s.Basis(&b, x)
	c := s.Coef[i : i+Order]
	return c[0]*b[0] + c[1]*b[1] + c[2]*b[2] + c[3]*b[3]
}

// Derivatives returns s(x), s'(x) and s”(x).
func (s *Spline) Derivatives(x float64) (f, df, d2f float64) {
	var b, d, dd [Order]float64
	i := s.Basis2(&b, &d, &dd, x)
	c := s.Coef[i : i+Order]
	for k := range c {
		f += c[k] * b[k]
		df += c[k] * d[k]
		d2f += c[k] * dd[k]
	}
	return f, df, d2f
}

// Affine replaces s by scale*s + shift, exactly but for rounding: the basis
// functions sum to one.
func (s *Spline) Affine(scale, shift float64) {
	for j := range s.Coef {
		s.Coef[j] = scale*s.Coef[j] + shift
	}
}

// Curvature returns the sum of squared second differences of the
// coefficients, the roughness that training penalises.
func (s *Spline) Curvature() float64 {
	sum := 0.0
	for j := 2; j < len(s.Coef); j++ {
		d := s.Coef[j] - 2*s.Coef[j-1] + s.Coef[j-2]
		sum += d * d
	}
	return sum
}
