package symbolic

import (
	"fmt"
	"math"

	"github.com/kansym/kansym/library"
)

// Program is an expression compiled for evaluation over many rows: a tape of
// elementary operations, each of which runs over a block of rows before the
// next one starts. Subexpressions that occur more than once are computed once,
// and those without variables once a call. A Program is immutable and may be
// shared by goroutines; each needs a Workspace of its own.
//
// Its parameters are the free constants of the expression, in the order in
// which Walk meets them. Where a method takes params, nil stands for the values
// that the constants had when the expression was compiled.
//
// Derivatives are exact (not differences): one sweep back over the tape gives
// all of them (reverse accumulation; Griewank and Walther, Evaluating
// Derivatives, 2nd edition, chapter 3).
type Program struct {
	code   []instr
	scalar []int32 // operations on scalars, run once a call
	vector []int32 // operations on blocks, in order
	root   int32
	isVec  []bool // by instruction: depends on a variable
	needP  []bool // depends on a parameter
	needX  []bool // depends on a variable
	start  []float64
	varOf  []int32 // by column: instruction that loads it, -1 if unused
	parOf  []int32 // by parameter: instruction that loads it
}

// blockRows is how many rows an operation handles before the next one starts:
// 2 KB a value, so that the values of a typical formula stay in the first-level
// cache.
const blockRows = 256

type opcode uint8

const (
	opConst opcode = iota // c
	opParam               // parameter a
	opVar                 // column a
	opAdd
	opSub
	opMul
	opDiv
	opNeg
	opSqrt
	opPow
	opCall
)

// instr is an operation on the results of earlier ones.
type instr struct {
	op   opcode
	fast fastFunc // opCall: which loop
	a, b int32
	c    float64
	fn   *library.Func
}

// Workspace is the scratch memory of a Program for one goroutine.
type Workspace struct {
	prog *Program
	s    []float64   // values of scalars
	v    [][]float64 // values of blocks
	adj  [][]float64 // derivative of the root by each value
	tmp  []float64
	row  [][]float64
	one  [1]float64

	buf, abuf [][]float64 // the memory behind v and adj
}

// Compile translates e. vars names the columns that Eval will be given, in
// their order. It fails if e contains a variable that is not among them.
func Compile(e *Expr, vars []string) (*Program, error) {
	c := compiler{
		p:     &Program{varOf: make([]int32, len(vars))},
		names: make(map[string]int32, len(vars)),
		known: map[instr]int32{},
	}
	for i, name := range vars {
		c.names[name] = int32(i)
		c.p.varOf[i] = -1
	}
	root, err := c.lower(e)
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", e, err)
	}
	c.p.root = root
	c.finish()
	return c.p, nil
}

// NumParams returns the number of parameters.
func (p *Program) NumParams() int { return len(p.start) }

// Params returns a copy of the values of the parameters at compilation.
func (p *Program) Params() []float64 { return append([]float64(nil), p.start...) }

// NewWorkspace returns scratch memory for p. With it, evaluation allocates
// nothing.
func (p *Program) NewWorkspace() *Workspace {
	n := len(p.code)
	ws := &Workspace{
		prog: p, s: make([]float64, n), tmp: make([]float64, blockRows),
		v: make([][]float64, n), buf: make([][]float64, n),
		adj: make([][]float64, n), row: make([][]float64, len(p.varOf)),
	}
	for _, i := range p.vector {
		ws.buf[i] = make([]float64, blockRows)
	}
	return ws
}

// Eval writes the values for all rows into dst, whose length is the number of
// rows. cols has one slice a variable given to Compile, at least as long as
// dst; columns that the expression does not use may be nil. It returns false
// as soon as a block of rows has a value that is NaN or infinite; what dst
// holds from there on is undefined.
func (p *Program) Eval(ws *Workspace, dst []float64, cols [][]float64, params []float64) bool {
	p.check(ws, cols, params)
	p.setScalars(ws, params)
	for lo := 0; lo < len(dst); lo += blockRows {
		out := dst[lo:min(lo+blockRows, len(dst))]
		p.forward(ws, out, cols, lo)
		if !finite(out) {
			return false
		}
	}
	return true
}

// At returns the value at one point, given by the values of the variables in
// the order of Compile. The result may be NaN or infinite.
func (p *Program) At(ws *Workspace, row, params []float64) float64 {
	if len(row) != len(p.varOf) {
		panic("symbolic: wrong number of variables")
	}
	for i := range row {
		ws.row[i] = row[i : i+1]
	}
	p.check(ws, ws.row, params)
	p.setScalars(ws, params)
	p.forward(ws, ws.one[:], ws.row, 0)
	return ws.one[0]
}

// EvalJac is Eval that also writes the derivative of row i by parameter k into
// jac[k][i]. Where a value is finite and its derivative is not, as for sqrt at
// 0, and where the derivative by an exponent does not exist because the base is
// negative, the entry is 0.
func (p *Program) EvalJac(ws *Workspace, dst []float64, jac, cols [][]float64, params []float64) bool {
	if len(jac) != len(p.parOf) {
		panic("symbolic: wrong number of Jacobian columns")
	}
	return p.evalDerivatives(ws, dst, jac, p.parOf, p.needP, cols, params)
}

// EvalGrad is Eval that also writes the derivative of row i by variable k, in
// the order of Compile, into grad[k][i]. Where a value is finite and its
// derivative is not, the entry is 0.
func (p *Program) EvalGrad(ws *Workspace, dst []float64, grad, cols [][]float64, params []float64) bool {
	if len(grad) != len(p.varOf) {
		panic("symbolic: wrong number of gradient columns")
	}
	return p.evalDerivatives(ws, dst, grad, p.varOf, p.needX, cols, params)
}

func (p *Program) evalDerivatives(ws *Workspace, dst []float64, out [][]float64, leaf []int32, need []bool, cols [][]float64, params []float64) bool {
	p.check(ws, cols, params)
	p.setScalars(ws, params)
	ws.makeAdjoints()
	for lo := 0; lo < len(dst); lo += blockRows {
		hi := min(lo+blockRows, len(dst))
		p.forward(ws, dst[lo:hi], cols, lo)
		if !finite(dst[lo:hi]) {
			return false
		}
		for k, i := range leaf {
			d := out[k][lo:hi]
			clear(d)
			if i >= 0 {
				ws.adj[i] = d
			}
		}
		p.reverse(ws, need, hi-lo)
		for k := range leaf {
			zeroNonFinite(out[k][lo:hi])
		}
	}
	return true
}

func (p *Program) check(ws *Workspace, cols [][]float64, params []float64) {
	switch {
	case ws.prog != p:
		panic("symbolic: workspace of another program")
	case len(cols) != len(p.varOf):
		panic("symbolic: wrong number of columns")
	case params != nil && len(params) != len(p.start):
		panic("symbolic: wrong number of parameters")
	}
}

// finite reports whether v holds neither NaN nor infinities.
func finite(v []float64) bool {
	// x*0 is 0 for finite x and NaN otherwise: one branch for all of v.
	var s float64
	for _, x := range v {
		s += x * 0
	}
	return s == 0
}

func zeroNonFinite(v []float64) {
	if finite(v) {
		return
	}
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			v[i] = 0
		}
	}
}
