package lm

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// factor is the triangular factor R of the Jacobian at the solution with
// columns scaled to norm 1, in the order of the parameters, and the norms
// taken out of it. A norm may be 0.
type factor struct {
	n     int
	r     *mat.Dense // p x p, columns permuted: not triangular; nil without parameters
	norms []float64
}

// factor copies the solver's factor out of its scaled and permuted form.
func (s *Solver) factor() factor {
	f := factor{n: s.n, norms: make([]float64, s.p)}
	if s.p == 0 {
		return f
	}
	f.r = mat.NewDense(s.p, s.p, nil)
	for k, j := range s.perm {
		norm := s.tri.columnNorm(k)
		if norm == 0 {
			continue
		}
		f.norms[j] = math.Ldexp(norm, -s.rexp-s.cexp[k])
		for i := 0; i <= k; i++ {
			f.r.Set(i, j, s.tri.row(i)[k]/norm)
		}
	}
	return f
}

// Rank returns the number of directions in parameter space that the residuals
// determine: the singular values of the Jacobian, its columns scaled to norm 1,
// that exceed tol times the largest. If tol is 0 it is 1e-10; a Jacobian
// correct to double precision has noise near 1e-15.
func (r *Result) Rank(tol float64) int {
	if r.factor.r == nil {
		return 0
	}
	if tol <= 0 {
		tol = defaultRankTol
	}
	var svd mat.SVD
	if !svd.Factorize(r.factor.r, mat.SVDNone) {
		return 0
	}
	values := svd.Values(nil)
	rank := 0
	for _, v := range values {
		if v > tol*values[0] {
			rank++
		}
	}
	return rank
}

const defaultRankTol = 1e-10

// Redundant returns the indices, ascending, of parameters that can be fixed
// where they are without raising the minimum, as far as the linear model tells:
// those left over when QR with column pivoting has taken columns until the rest
// are dependent on them within tol (0 means 1e-10). Parameters with small index
// are kept in preference to later ones when they serve equally well.
func (r *Result) Redundant(tol float64) []int {
	p := len(r.factor.norms)
	if p == 0 || r.factor.r == nil {
		return nil
	}
	if tol <= 0 {
		tol = defaultRankTol
	}
	a := mat.DenseCopyOf(r.factor.r)
	left := make([]bool, p)
	for j := range left {
		left[j] = true
	}
	v := make([]float64, p)
	for range p {
		// Gram-Schmidt with the largest remaining column next. The columns
		// had norm 1, so norms are comparable throughout; a later column must
		// be clearly larger to be preferred to an earlier one.
		best, most := -1, tol
		for j := range p {
			if !left[j] {
				continue
			}
			if norm := mat.Norm(a.ColView(j), 2); norm > most*(1+1e-6) {
				best, most = j, norm
			}
		}
		if best < 0 {
			break
		}
		left[best] = false
		mat.Col(v, best, a)
		for i := range v {
			v[i] /= most
		}
		unit := mat.NewVecDense(p, v)
		for j := range p {
			if !left[j] {
				continue
			}
			// Twice is enough to be orthogonal to working precision.
			for range 2 {
				dot := mat.Dot(unit, a.ColView(j))
				for i := range p {
					a.Set(i, j, a.At(i, j)-dot*v[i])
				}
			}
		}
	}
	var out []int
	for j, is := range left {
		if is {
			out = append(out, j)
		}
	}
	return out
}

// Variance returns the estimated variance of a residual, Norm^2/(n-p), or 0 if
// there are not more residuals than parameters.
func (r *Result) Variance() float64 {
	free := r.factor.n - len(r.Params)
	if free <= 0 {
		return 0
	}
	s := r.Norm / math.Sqrt(float64(free))
	return s * s
}

// Covariance returns the p x p covariance matrix of the parameters,
// Variance() times the inverse of J'J. It returns nil if there are not more
// residuals than parameters, if the parameters are not all determined (Rank(0)
// is less than p), or if an entry is beyond the range of float64.
func (r *Result) Covariance() *mat.SymDense {
	p := len(r.Params)
	free := r.factor.n - p
	if p == 0 || free <= 0 || r.factor.r == nil || r.Rank(0) < p {
		return nil
	}
	var inv mat.Dense
	if err := inv.Inverse(r.factor.r); err != nil {
		if _, ill := err.(mat.Condition); !ill {
			return nil
		}
	}
	sd := r.Norm / math.Sqrt(float64(free))
	for i := range p {
		for j := range p {
			inv.Set(i, j, inv.At(i, j)*(sd/r.factor.norms[i]))
		}
	}
	cov := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			v := mat.Dot(inv.RowView(i), inv.RowView(j))
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil
			}
			cov.SetSym(i, j, v)
		}
	}
	return cov
}
