package report

import (
	"math"

	"github.com/kansym/kansym/symbolic"
)

// evaluation runs a program on rows some of which it may be undefined for.
type evaluation struct {
	p  *symbolic.Program
	ws *symbolic.Workspace
}

func newEvaluation(p *symbolic.Program) *evaluation { return &evaluation{p, p.NewWorkspace()} }

// eval writes the values into dst, NaN where they are not finite.
func (e *evaluation) eval(dst []float64, cols [][]float64) {
	const block = 1024
	part := make([][]float64, len(cols))
	row := make([]float64, len(cols))
	for r0 := 0; r0 < len(dst); r0 += block {
		r1 := min(r0+block, len(dst))
		for i, c := range cols {
			part[i] = c[r0:r1]
		}
		if e.p.Eval(e.ws, dst[r0:r1], part, nil) {
			continue
		}
		// A row of the block is undefined; Eval does not say which.
		for r := r0; r < r1; r++ {
			for i, c := range cols {
				row[i] = c[r]
			}
			if dst[r] = e.p.At(e.ws, row, nil); !isFinite(dst[r]) {
				dst[r] = math.NaN()
			}
		}
	}
}
