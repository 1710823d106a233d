package fit

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// sparseFit explains a target as a linear combination of few of many
// features.
//
// Forward selection by orthogonal least squares (Chen, Billings & Luo 1989):
// each step adds the feature that lowers the residual most, with all features
// kept orthogonal to those chosen. On exact data greedy steps may pick wrong
// features before the right ones, but once the right ones are among the chosen
// the residual falls to rounding error, and backward elimination then drops
// the wrong ones.
type sparseFit struct {
	features [][]float64 // scaled copies, orthogonalised as the fit proceeds
	raw      [][]float64
	scale    []float64
	target   []float64
	residual []float64
	norm     float64 // of the weighted target about zero
	root     []float64
	chosen   []int
}

// selection is a set of features with the relative residual they leave.
type selection struct {
	features []int
	coef     []float64
	relative float64 // norm of the residual over the norm of the target
}

// exactResidual is the relative residual below which a linear combination is
// taken for exact: far above the rounding of a few hundred terms, far below
// the 1e-6 to 1e-3 at which wrong combinations stop.
const exactResidual = 1e-10

// newSparseFit prepares the fit of target (n rows) by features (m columns of n
// rows), with row weights w (nil for equal). Features that are not finite
// everywhere or vanish must have been left out.
func newSparseFit(features [][]float64, target, w []float64) *sparseFit {
	n := len(target)
	s := &sparseFit{raw: features, scale: make([]float64, len(features)), root: rootsOf(w, n)}
	store := make([]float64, (len(features)+2)*n)
	column := func() []float64 { c := store[:n:n]; store = store[n:]; return c }
	s.target, s.residual = column(), column()
	for i, v := range target {
		s.target[i] = v * s.root[i]
	}
	copy(s.residual, s.target)
	s.norm = norm(s.target)
	s.features = make([][]float64, len(features))
	for j, f := range features {
		c := column()
		for i, v := range f {
			c[i] = v * s.root[i]
		}
		s.scale[j] = norm(c)
		if s.scale[j] > 0 {
			for i := range c {
				c[i] /= s.scale[j]
			}
		}
		s.features[j] = c
	}
	return s
}

// forward adds features until the residual is exact, limit features are
// chosen, or nothing is left that helps. visit, if not nil, is called after
// each step with the features chosen so far.
func (s *sparseFit) forward(limit int, visit func(relative float64)) float64 {
	used := make([]bool, len(s.features))
	for _, j := range s.chosen {
		used[j] = true
	}
	relative := 1.0
	for len(s.chosen) < limit {
		best, gain := -1, 0.0
		for j, f := range s.features {
			if used[j] || s.scale[j] == 0 {
				continue
			}
			ff := floats.Dot(f, f)
			// What is left of a feature after orthogonalisation is noise
			// when it is this small against its unit start.
			if ff < 1e-20 {
				continue
			}
			d := floats.Dot(f, s.residual)
			if g := d * d / ff; g > gain {
				best, gain = j, g
			}
		}
		if best < 0 {
			break
		}
		used[best] = true
		s.chosen = append(s.chosen, best)
		q := s.features[best]
		qq := 1 / math.Sqrt(floats.Dot(q, q))
		for i := range q {
			q[i] *= qq
		}
		project(s.residual, q)
		for j, f := range s.features {
			if !used[j] && s.scale[j] > 0 {
				project(f, q)
			}
		}
		relative = norm(s.residual) / s.norm
		if visit != nil {
			visit(relative)
		}
		if relative < exactResidual {
			break
		}
	}
	return relative
}

// solve fits the target by the given features alone.
func (s *sparseFit) solve(features []int) selection {
	n := len(s.target)
	q := make([][]float64, len(features))
	r := make([][]float64, len(features))
	res := slices.Clone(s.target)
	beta := make([]float64, len(features))
	for k, j := range features {
		v := make([]float64, n)
		for i, x := range s.raw[j] {
			v[i] = x * s.root[i] / s.scale[j]
		}
		r[k] = make([]float64, k+1)
		// Twice is enough (Kahan; Parlett 1980, section 6-9) to keep the
		// columns orthogonal to working precision.
		for range 2 {
			for l := range k {
				d := floats.Dot(q[l], v)
				r[k][l] += d
				floats.AddScaled(v, -d, q[l])
			}
		}
		r[k][k] = norm(v)
		if r[k][k] > 1e-13 {
			for i := range v {
				v[i] /= r[k][k]
			}
		} else {
			r[k][k] = 0
			clear(v)
		}
		q[k] = v
		beta[k] = floats.Dot(v, res)
		floats.AddScaled(res, -beta[k], v)
	}
	coef := make([]float64, len(features))
	for k := len(features) - 1; k >= 0; k-- {
		if r[k][k] == 0 {
			continue
		}
		c := beta[k]
		for l := k + 1; l < len(features); l++ {
			c -= r[l][k] * coef[l]
		}
		coef[k] = c / r[k][k]
	}
	relative := norm(res) / s.norm
	out := selection{features: slices.Clone(features), coef: make([]float64, len(coef)), relative: relative}
	for k, j := range features {
		out.coef[k] = coef[k] / s.scale[j]
	}
	return out
}

// prune drops features from an exact selection while it stays exact, those
// that contribute least first.
func (s *sparseFit) prune(features []int) selection {
	sel := s.solve(features)
	for len(sel.features) > 1 {
		// Drop everything far below the largest contribution at once.
		size := make([]float64, len(sel.features))
		top := 0.0
		for k, j := range sel.features {
			size[k] = math.Abs(sel.coef[k]) * s.scale[j] / s.norm
			top = max(top, size[k])
		}
		var keep []int
		for k, j := range sel.features {
			if size[k] > 1e-7*top {
				keep = append(keep, j)
			}
		}
		if len(keep) < len(sel.features) {
			if next := s.solve(keep); next.relative < exactResidual {
				sel = next
				continue
			}
		}
		// Then one at a time, smallest first.
		order := make([]int, len(sel.features))
		for k := range order {
			order[k] = k
		}
		slices.SortFunc(order, func(a, b int) int {
			if size[a] != size[b] {
				if size[a] < size[b] {
					return -1
				}
				return 1
			}
			return a - b
		})
		dropped := false
		for _, k := range order {
			keep = slices.Delete(slices.Clone(sel.features), k, k+1)
			if next := s.solve(keep); next.relative < exactResidual {
				sel, dropped = next, true
				break
			}
		}
		if !dropped {
			break
		}
	}
	return sel
}

// project removes from y its part along the unit vector q.
func project(y, q []float64) { floats.AddScaled(y, -floats.Dot(q, y), q) }

func norm(v []float64) float64 { return math.Sqrt(floats.Dot(v, v)) }
