package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// Verdict is what a residual says about a property of a network.
type Verdict uint8

// The verdicts.
const (
	// Holds: the residual is no larger than the error of the network makes it.
	Holds Verdict = iota
	// DoesNotHold: the residual is clearly larger.
	DoesNotHold
	// CannotTell: the residual is near the limit, or the error of the network
	// is so large that residuals say nothing.
	CannotTell
)

// String returns the verdict in words.
func (v Verdict) String() string {
	switch v {
	case Holds:
		return "holds"
	case DoesNotHold:
		return "does not hold"
	}
	return "cannot tell"
}

// MarshalText returns the verdict in words.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Property is a statement about the function that a network is, and how far from
// true it is.
type Property struct {
	// Kind is one of "irrelevant", "difference", "sum", "quotient", "product",
	// "combination", "scaling" (symmetries), "addends", "factors" (pairs of
	// inputs), "additive split", "multiplicative split", "rank-1 interaction".
	Kind   string   `json:"kind"`
	Inputs []string `json:"inputs"`
	// Statement says the property in words, formulas in them over the inputs.
	Statement string `json:"statement"`
	// Residual is 0 where the property holds exactly and about 1 where nothing
	// of it is true; Limit is the largest residual that the error of the network
	// explains.
	Residual float64 `json:"residual"`
	Limit    float64 `json:"limit"`
	Verdict  Verdict `json:"verdict"`
}

// CheckReport is what CheckSymmetry and CheckSeparability found.
type CheckReport struct {
	// Error is the root mean square error of the network, relative to the standard
	// deviation of the target, from which the limits follow.
	Error float64 `json:"error"`
	// Rows is the number of rows that the tests used.
	Rows       int        `json:"rows"`
	Properties []Property `json:"properties"`
	// Notes are sentences about what limits the tests.
	Notes []string `json:"notes"`
}

// CheckOptions steer the tests. The zero value is useful where the data have a
// target.
type CheckOptions struct {
	// Target is the name of what the network predicts, for statements; empty
	// means "y".
	Target string

	// Error is the error that the network is known to have, as in CheckReport.
	// The larger of it and the error on the rows counts.
	Error float64

	// Rows bounds the rows that are used, spread evenly over the data; 0 means
	// 2000.
	Rows int

	// Seed draws which rows are mixed with each other.
	Seed uint64
}

// What an error of eps does to the residuals of what is true. A function that has
// four bounded derivatives and is eps in size has a slope of about eps^(3/4) and a
// second derivative of about eps^(1/2) (the inequality of Landau and Kolmogorov;
// four because splines are cubic). With noise, which is part of eps but not of the
// network, it is less. On networks trained on eight laws of 3 and 4 inputs, without
// noise and with 1% and 10%, values were within 0.5*eps and slopes within 0.38*eps^0.7.
const (
	valueShare    = 0.7
	slopeShare    = 0.44
	slopeExponent = 0.7
)

const (
	// leastCheckError is the error of a network that is exact but for rounding
	// (more where the value is large against its spread).
	leastCheckError = 1e-12
	// clearly is by how much a residual exceeds its limit before a property does
	// not hold.
	clearly = 2
	// gramRounding is a residual that rounding makes of 0 where the inner products
	// of columns are known instead of the columns.
	gramRounding = 1e-7
	// tellingLimit and tellingError are the largest limit and the largest error of
	// a network with which a small residual says that something holds.
	tellingLimit = 0.1
	tellingError = 0.05
)

// ErrUnknownError is returned where the error of the network is not known, so
// that no limits follow.
var ErrUnknownError = errors.New("the error of the network is unknown: give data with the target, or the error")

// A checker has the rows on which a network is tested, with its derivatives
// there.
type checker struct {
	net    *kan.Network
	data   symbolic.Data // Y is the network's value
	target string
	report CheckReport
	error  float64 // report.Error, at least that of rounding
	value  []float64
	plain  [][]float64 // derivatives by the inputs
	scaled [][]float64 // times the inputs
	spread float64     // standard deviation of value
	seed   uint64
}

// newChecker compares the network with the data and differentiates it.
// data.Names is not needed; data.Y may be nil if opt.Error is set.
func newChecker(net *kan.Network, data symbolic.Data, opt CheckOptions) (*checker, error) {
	if err := net.Check(); err != nil {
		return nil, err
	}
	if len(data.Cols) != len(net.Inputs) || len(data.Cols) == 0 {
		return nil, fmt.Errorf("data of %d columns for a network of %d inputs", len(data.Cols), len(net.Inputs))
	}
	rows := len(data.Cols[0])
	for _, c := range data.Cols {
		if len(c) != rows || data.Y != nil && len(data.Y) != rows {
			return nil, errors.New("columns of different lengths")
		}
	}
	if opt.Rows == 0 {
		opt.Rows = 2000
	}
	c := &checker{net: net, target: opt.Target, seed: opt.Seed}
	if c.target == "" {
		c.target = "y"
	}
	all := symbolic.Data{Names: net.Inputs, Cols: data.Cols, Y: data.Y}
	if all.Y == nil {
		if !(opt.Error > 0) {
			return nil, ErrUnknownError
		}
		all.Y = make([]float64, rows)
	}
	value := make([]float64, rows)
	net.Predict(value, all.Cols)
	if data.Y != nil {
		var diff, y []float64
		for r, v := range value {
			if finite(v) {
				diff, y = append(diff, v-data.Y[r]), append(y, data.Y[r])
			}
		}
		if s := spread(y, nil); s > 0 {
			c.report.Error = rootMeanSquare(diff) / s
		}
	}
	c.report.Error = max(c.report.Error, opt.Error)

	used := evenly(all, opt.Rows)
	seen := &view{logX: make([]bool, len(net.Inputs)), net: net}
	c.value, c.plain, c.scaled = seen.gradients(used)
	used.Y = c.value
	c.keepFinite(used)
	if len(c.value) < minCheckRows {
		return nil, fmt.Errorf("the network and its derivatives are finite on %d rows; the tests need %d", len(c.value), minCheckRows)
	}
	if left := len(used.Y) - len(c.value); left > 0 {
		c.note("the network or its derivatives are not finite on %d of %d rows, which were left out", left, len(used.Y))
	}
	c.report.Rows = len(c.value)
	if c.spread = spread(c.value, nil); !(c.spread > 1e-12*rootMeanSquare(c.value)) {
		return nil, errors.New("the network has the same value on all rows, so there is nothing to test")
	}
	c.error = max(c.report.Error, leastCheckError, 64*0x1p-52*rootMeanSquare(c.value)/c.spread)
	if c.report.Error > tellingError {
		c.note("with an error of %.2g the network cannot show that anything holds: train it on, or on more rows", c.report.Error)
	}
	return c, nil
}

// minCheckRows is the least number of rows from which a residual is computed.
const minCheckRows = 10

func (c *checker) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

// evenly returns at most n rows spread evenly over the data.
func evenly(d symbolic.Data, n int) symbolic.Data {
	rows := len(d.Y)
	if rows <= n {
		return d
	}
	pick := func(c []float64) []float64 {
		out := make([]float64, n)
		for r := range out {
			out[r] = c[r*rows/n]
		}
		return out
	}
	out := symbolic.Data{Names: d.Names, Y: pick(d.Y)}
	for _, c := range d.Cols {
		out.Cols = append(out.Cols, pick(c))
	}
	return out
}

// keepFinite takes over the rows of d on which everything is finite.
func (c *checker) keepFinite(d symbolic.Data) {
	var keep []int
	for r, v := range c.value {
		ok := finite(v)
		for i := range d.Cols {
			ok = ok && finite(c.plain[i][r]) && finite(c.scaled[i][r])
		}
		if ok {
			keep = append(keep, r)
		}
	}
	pick := func(v []float64) []float64 {
		out := make([]float64, len(keep))
		for k, r := range keep {
			out[k] = v[r]
		}
		return out
	}
	c.data = symbolic.Data{Names: d.Names, Y: pick(d.Y)}
	for i := range d.Cols {
		c.data.Cols = append(c.data.Cols, pick(d.Cols[i]))
		c.plain[i], c.scaled[i] = pick(c.plain[i]), pick(c.scaled[i])
	}
	c.value = c.data.Y
}

// slopeError is the size of the error of the derivative by input i.
func (c *checker) slopeError(i int) float64 {
	s := spread(c.data.Cols[i], nil)
	if s == 0 {
		return math.Inf(1) // a column that does not vary shows no slope
	}
	return c.slopeShare() * c.spread / s
}

// slopeShare is slopeError where the input and the value vary by 1.
func (c *checker) slopeShare() float64 { return slopeShare * math.Pow(c.error, slopeExponent) }

// valueLimit is the size of the error of the network's value on rows that are
// mixed from others, over the spread of the value.
func (c *checker) valueLimit() float64 { return valueShare * c.error }

// holds reports whether a residual is no larger than what the network's error
// makes of 0, and that error small enough to say so.
func (c *checker) holds(residual, limit float64) bool {
	return residual <= limit && limit <= tellingLimit && c.error <= tellingError
}

// add judges a property and adds it to the report. Where the numbers leave
// nothing to judge by it is not added.
func (c *checker) add(p Property) Verdict {
	if !finite(p.Residual) {
		return CannotTell
	}
	switch {
	case p.Residual > clearly*p.Limit:
		p.Verdict = DoesNotHold
	case c.holds(p.Residual, p.Limit):
		p.Verdict = Holds
	default:
		p.Verdict = CannotTell
	}
	if !finite(p.Limit) {
		p.Limit = math.MaxFloat64
	}
	c.report.Properties = append(c.report.Properties, p)
	return p.Verdict
}

// varying lists the inputs that the network uses and that vary in the data; it
// notes the others.
func (c *checker) varying() []int {
	var out []int
	for i, used := range c.net.UsedInputs() {
		name := c.data.Names[i]
		lo, hi := bounds(c.data.Cols[i])
		switch {
		case !used:
			c.add(Property{
				Kind: "irrelevant", Inputs: []string{name}, Statement: c.target + " does not depend on " + name,
				Limit: c.slopeShare(),
			})
		case lo == hi:
			c.note("%s is %v on all rows, so nothing is said about it", name, lo)
		default:
			out = append(out, i)
		}
	}
	return out
}

// partners returns for every row another one to mix it with.
func (c *checker) partners() []int {
	n := len(c.value)
	order := rand.New(rand.NewPCG(c.seed, 0x6d69786564)).Perm(n)
	out := make([]int, n)
	for k, r := range order {
		out[r] = order[(k+1)%n]
	}
	return out
}

// mixed returns the columns with those of the given inputs taken from the
// partners.
func (c *checker) mixed(partner, inputs []int) [][]float64 {
	out := slices.Clone(c.data.Cols)
	for _, i := range inputs {
		col := make([]float64, len(partner))
		for r, p := range partner {
			col[r] = c.data.Cols[i][p]
		}
		out[i] = col
	}
	return out
}

// names returns the names of inputs.
func (c *checker) names(inputs ...int) []string {
	out := make([]string, len(inputs))
	for k, i := range inputs {
		out[k] = c.data.Names[i]
	}
	return out
}

// finish returns the report.
func (c *checker) finish(ctx context.Context) (*CheckReport, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.report.Properties == nil {
		c.report.Properties = []Property{}
	}
	if c.report.Notes == nil {
		c.report.Notes = []string{}
	}
	return &c.report, nil
}
