package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// DefaultRows is how many rows are drawn if neither caller nor suite says.
const DefaultRows = 2000

// Drawing says how data are drawn from a problem. The zero value draws
// DefaultRows rows without noise.
type Drawing struct {
	Rows  int     // 0: what the problem says, else DefaultRows
	Noise float64 // standard deviation of the noise over the RMS of the target
	Seed  uint64

	// Irrelevant adds that many inputs that the formula does not use.
	Irrelevant int

	// Decade spreads every input evenly over the logarithm of one decade around
	// the middle of its range, instead of evenly over the range. Inputs whose
	// range reaches 0 stay as they are.
	Decade bool
}

// attempts bounds how many rows are drawn for one that the formula is defined
// on.
const attempts = 1000

// Draw makes a table of p. Rows on which the formula is not finite are drawn
// again; it is an error if too few are finite.
func (p *Problem) Draw(d Drawing) (*table.Table, error) {
	n := d.Rows
	if n == 0 {
		n = p.Rows
	}
	if n == 0 {
		n = DefaultRows
	}
	// The hash keeps problems of one seed from sharing their random numbers.
	rng := rand.New(rand.NewPCG(d.Seed, hash(p.ID)))
	vars := slices.Clone(p.Vars)
	for i, v := range vars {
		if d.Decade && v.Low > 0 {
			middle := (v.Low + v.High) / 2
			vars[i].Low, vars[i].High, vars[i].Log = middle/math.Sqrt(10), middle*math.Sqrt(10), true
		}
	}
	cols, y, err := p.sample(rng, vars, n)
	if err != nil {
		return nil, err
	}
	if d.Noise > 0 {
		sigma := d.Noise * rms(y)
		for i := range y {
			y[i] += sigma * rng.NormFloat64()
		}
	}
	t := &table.Table{Source: p.ID}
	for i, v := range vars {
		t.Names = append(t.Names, v.Name)
		t.Cols = append(t.Cols, cols[i])
	}
	for k := range d.Irrelevant {
		col := make([]float64, n)
		like := vars[k%len(vars)]
		for i := range col {
			col[i] = like.draw(rng)
		}
		t.Names = append(t.Names, unused(fmt.Sprintf("extra%d", k+1), t.Names))
		t.Cols = append(t.Cols, col)
	}
	t.Target = len(t.Names)
	t.Names = append(t.Names, unused("y", t.Names))
	t.Cols = append(t.Cols, y)
	t.Columns = t.Names
	return t, nil
}

// unused returns name, with as many underscores as make it a new one.
func unused(name string, names []string) string {
	for slices.Contains(names, name) {
		name += "_"
	}
	return name
}

// sample draws n rows on which the formula is finite.
func (p *Problem) sample(rng *rand.Rand, vars []Var, n int) (cols [][]float64, y []float64, err error) {
	law, err := rowwise(p.expr, p.Names())
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", p.ID, err)
	}
	cols = make([][]float64, len(vars))
	row := make([]float64, len(vars))
	for range attempts {
		for len(y) < n {
			for i, v := range vars {
				row[i] = v.draw(rng)
			}
			for i := range vars {
				cols[i] = append(cols[i], row[i])
			}
			y = append(y, 0)
		}
		keep := 0
		for i := range y {
			for k := range cols {
				row[k] = cols[k][i]
			}
			v := law(row)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			for k := range cols {
				cols[k][keep] = row[k]
			}
			y[keep] = v
			keep++
		}
		y = y[:keep]
		for k := range cols {
			cols[k] = cols[k][:keep]
		}
		if keep == n {
			return cols, y, nil
		}
	}
	return nil, nil, fmt.Errorf("%s: %s is hardly ever finite on its ranges", p.ID, p.Formula)
}

func (v Var) draw(rng *rand.Rand) float64 {
	if v.Log {
		return v.Low * math.Pow(v.High/v.Low, rng.Float64())
	}
	return v.Low + (v.High-v.Low)*rng.Float64()
}

func rms(y []float64) float64 {
	sum := 0.0
	for _, v := range y {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(y)))
}

// hash is FNV-1a, which is the same in every run.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// rowwise compiles e into a function of one row.
func rowwise(e *symbolic.Expr, names []string) (func(row []float64) float64, error) {
	p, err := symbolic.Compile(e, names)
	if err != nil {
		return nil, err
	}
	ws, params := p.NewWorkspace(), p.Params()
	return func(row []float64) float64 { return p.At(ws, row, params) }, nil
}
