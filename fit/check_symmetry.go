package fit

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// mostScalingInputs bounds the inputs among which scalings are searched.
const mostScalingInputs = 20

// CheckSymmetry tests a trained network for the symmetries by which Run reduces a
// problem: inputs that do not matter, pairs of inputs that act only through
// their difference, sum, quotient or product (or, if it holds, another combination
// with small whole numbers), and scalings, under which the target grows by a
// power when some inputs do (Euler's relation sum a_i x_i f_i = p f).
//
// data.Cols are the inputs in the order of the network; data.Y is the target, from
// which the error of the network and so the limits of the residuals follow,
// and may be nil if opt.Error is set.
//
// A residual is the root mean square of the relation's left side over that of
// its terms. Properties are in the order of inputs; of every pair there are the
// four basic combinations. The error is ctx's if that ends the work.
func CheckSymmetry(ctx context.Context, net *kan.Network, data symbolic.Data, opt CheckOptions) (*CheckReport, error) {
	c, err := newChecker(net, data, opt)
	if err != nil {
		return nil, fmt.Errorf("check symmetry: %w", err)
	}
	inputs := c.irrelevant(c.varying())
	for k, j := range inputs {
		for _, i := range inputs[:k] {
			if ctx.Err() != nil {
				break
			}
			c.pair(i, j)
		}
	}
	if ctx.Err() == nil {
		c.scaling(inputs)
	}
	return c.finish(ctx)
}

// irrelevant tests whether inputs matter at all and returns those that do or may.
func (c *checker) irrelevant(inputs []int) []int {
	var out []int
	for _, i := range inputs {
		share := rootMeanSquare(c.plain[i]) * spread(c.data.Cols[i], nil) / c.spread
		p := Property{
			Kind: "irrelevant", Inputs: c.names(i), Statement: c.target + " does not depend on " + c.data.Names[i],
			Residual: share, Limit: c.slopeShare(),
		}
		if c.add(p) != Holds {
			out = append(out, i)
		}
	}
	return out
}

// pair tests two inputs for acting as one.
func (c *checker) pair(i, j int) {
	test := func(columns [][]float64, errI, errJ float64, describe func(a, b int) (kind, form string)) {
		gens := translations([][]float64{columns[i], columns[j]}, nil, math.Inf(1))
		fi, fj := rootMeanSquare(columns[i]), rootMeanSquare(columns[j])
		for _, g := range gens {
			a, b := float64(g.weights[0]), float64(g.weights[1])
			limit := max(math.Hypot(a*errI, b*errJ)/math.Hypot(a*fi, b*fj), gramRounding)
			kind, form := describe(g.weights[0], g.weights[1])
			if kind == "combination" && !c.holds(g.residual, limit) {
				continue
			}
			c.add(Property{
				Kind: kind, Inputs: c.names(i, j), Residual: g.residual, Limit: limit,
				Statement: fmt.Sprintf("%s and %s act only as %s", c.data.Names[i], c.data.Names[j], form),
			})
		}
	}
	x, y := c.data.Names[i], c.data.Names[j]
	ei, ej := c.slopeError(i), c.slopeError(j)
	// What does not change when x grows by a and y by b is b*x-a*y.
	test(c.plain, ei, ej, func(a, b int) (string, string) {
		switch {
		case a == 1 && b == 1:
			return "difference", x + "-" + y
		case a == 1 && b == -1:
			return "sum", x + "+" + y
		}
		sign := "-"
		if b < 0 {
			b, sign = -b, "+"
		}
		return "combination", multiple(b, x) + sign + multiple(a, y)
	})
	// The same for logarithms.
	ri, rj := rootMeanSquare(c.data.Cols[i]), rootMeanSquare(c.data.Cols[j])
	test(c.scaled, ei*ri, ej*rj, func(a, b int) (string, string) {
		switch {
		case a == 1 && b == 1:
			return "quotient", x + "/" + y
		case a == 1 && b == -1:
			return "product", x + "*" + y
		}
		sign := "/"
		if b < 0 {
			b, sign = -b, "*"
		}
		return "combination", raised(x, b) + sign + raised(y, a)
	})
}

func multiple(n int, x string) string {
	if n == 1 {
		return x
	}
	return fmt.Sprintf("%d*%s", n, x)
}

func raised(x string, n int) string {
	if n == 1 {
		return x
	}
	return fmt.Sprintf("%s^%d", x, n)
}

// scaling tests for scalings. Of those that hold there are as many as are
// independent; where none does there is the one that comes nearest.
func (c *checker) scaling(inputs []int) {
	if len(inputs) > mostScalingInputs {
		c.note("scalings were looked for among the first %d inputs", mostScalingInputs)
		inputs = inputs[:mostScalingInputs]
	}
	if len(inputs) == 0 {
		return
	}
	var columns [][]float64
	for _, i := range inputs {
		columns = append(columns, c.scaled[i])
	}
	gens := scalings(append(columns, c.value), nil, math.Inf(1))
	if len(gens) == 0 {
		return
	}
	limit := func(g generator) float64 {
		size, err := math.Pow(g.power*rootMeanSquare(c.value), 2), math.Pow(g.power*c.error*c.spread, 2)
		for k, a := range g.weights {
			if a == 0 {
				continue
			}
			i := inputs[k]
			size += math.Pow(float64(a)*rootMeanSquare(columns[k]), 2)
			err += math.Pow(float64(a)*c.slopeError(i)*rootMeanSquare(c.data.Cols[i]), 2)
		}
		return max(math.Sqrt(err/size), gramRounding)
	}
	slices.SortStableFunc(gens, func(a, b generator) int { return cmp.Compare(a.residual, b.residual) })
	best := gens[0]
	// Others hold as well as the best one, or the limit is far away.
	near := max(clearly*best.residual, limit(best)/5)
	var holding []generator
	for _, g := range gens {
		if g.residual <= near && c.holds(g.residual, limit(g)) {
			holding = append(holding, g)
		}
	}
	if holding = independent(holding, len(inputs)); len(holding) == 0 {
		holding = []generator{best}
	}
	for _, g := range holding {
		var scaledInputs []int
		for k, a := range g.weights {
			if a != 0 {
				scaledInputs = append(scaledInputs, inputs[k])
			}
		}
		c.add(Property{
			Kind: "scaling", Inputs: c.names(scaledInputs...), Residual: g.residual, Limit: limit(g),
			Statement: c.describeScaling(g, inputs),
		})
	}
}

// describeScaling says what a scaling does: "y(s*m, s^-2*r) = s^3*y".
func (c *checker) describeScaling(g generator, inputs []int) string {
	factor := func(p float64, x string) string {
		switch {
		case p == 0:
			return x
		case p == 1:
			return "s*" + x
		case p != math.Trunc(p):
			return fmt.Sprintf("s^(%v)*%s", p, x)
		}
		return fmt.Sprintf("s^%v*%s", p, x)
	}
	var parts []string
	for k, a := range g.weights {
		if a != 0 {
			parts = append(parts, factor(float64(a), c.data.Names[inputs[k]]))
		}
	}
	return fmt.Sprintf("%s(%s) = %s", c.target, strings.Join(parts, ", "), factor(g.power, c.target))
}
