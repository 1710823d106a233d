package search

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/kansym/kansym/symbolic"
)

const (
	// indexRows is how many rows the expressions of an Index are evaluated on:
	// their values fill a cache line. Four rows give two numbers that do not
	// change under a+b*f, which find what agrees to the precision of the data,
	// and the other four rows confirm it.
	indexRows = 8
	// mostIndexInputs is how many inputs an Index takes, for the bits of leaf.vars.
	mostIndexInputs = 8
)

// Index is a large set of expressions over the columns of a table, shortest
// first, that are found by their values: Find answers which of them, which two
// of them and which two of them with a short third one make up a target. It
// reaches much further than a Bank, and only where the target has no noise: an
// expression is looked up by numbers that must agree in all digits.
type Index struct {
	d     symbolic.Data // all rows, for what is found
	rows  [indexRows]int
	nodes []leaf
	vals  [][indexRows]float64
	ends  []int32 // how many expressions are of at most this size

	known  places // expressions by their values up to a factor
	alike  places // expressions by their values up to a factor and a summand
	filter []uint64
	shift  uint // of a hash, for its place in filter

	tol   float64 // by which numbers that do not change under a+b*f may differ
	least float64 // share of a target that must vary for those to be precise
	cell  float64 // cells per unit of these numbers
	work  atomic.Int64

	variance float64 // of the target
}

// leaf is one operation on earlier expressions, as in node.
type leaf struct {
	op       operation
	size     uint8
	function bool
	vars     uint8
	a, b     int32
}

// places is a hash table of the expressions, by open addressing. A place has the
// upper half of the hash and the number of the expression plus one.
type places struct {
	mask uint64
	at   []uint64
}

func newPlaces(most int) places {
	n := 1024
	for n < 2*most {
		n *= 2
	}
	return places{uint64(n - 1), make([]uint64, n)}
}

func (p *places) add(h uint64, i int32) {
	for k := h & p.mask; ; k = (k + 1) & p.mask {
		if p.at[k] == 0 {
			p.at[k] = h>>32<<32 | uint64(i+1)
			return
		}
	}
}

// has reports whether there is an expression of the hash, which is all of its
// identity: 32 bits and the place in the table.
func (p *places) has(h uint64) bool {
	for k := h & p.mask; ; k = (k + 1) & p.mask {
		switch v := p.at[k]; {
		case v == 0:
			return false
		case v>>32 == h>>32:
			return true
		}
	}
}

// Digits tells how many significant decimal digits numbers are given with, at
// most 17. Numbers of single precision have 7.
func Digits(y []float64) int {
	const looked = 200
	most, single := 0, true
	for _, v := range y[:min(len(y), looked)] {
		single = single && float64(float32(v)) == v
		n := 0
		for _, c := range strconv.AppendFloat(nil, v, 'e', -1, 64) {
			if c == 'e' {
				break
			}
			if c >= '0' && c <= '9' {
				n++
			}
		}
		most = max(most, n)
	}
	if single {
		most = min(most, 7)
	}
	return most
}

// leastDigits is the precision below which chance agrees too often.
const leastDigits = 6

// NewIndex enumerates expressions over the inputs of d, by growing size, until
// there are most of them, which takes about 150 bytes each and a third of a
// microsecond. digits is how many significant digits the target is given with;
// results are dependable from about 7. It returns nil for fewer than 6 digits,
// fewer than 8 rows or more than 8 inputs. d is kept and must not be changed.
func NewIndex(ctx context.Context, d symbolic.Data, digits, most int) *Index {
	if digits < leastDigits || len(d.Y) < indexRows || len(d.Cols) > mostIndexInputs || len(d.Cols) == 0 {
		return nil
	}
	x := &Index{
		d: d, rows: spreadRows(d),
		nodes: make([]leaf, 0, most), vals: make([][indexRows]float64, 0, most),
		ends: []int32{0}, variance: meanSquareAboutMean(symbolic.Data{Y: d.Y}), known: newPlaces(most), alike: newPlaces(most),
	}
	// Rounding of the target by half a unit is amplified by what cancels in
	// differences of rows; a target of 16 digits has the errors of evaluation
	// instead.
	unit := math.Pow(10, -float64(digits))
	x.tol = max(1e-9, 100*unit)
	x.least = max(1e-5, unit/x.tol)
	bits := math.Floor(math.Log2(1 / (64 * x.tol)))
	x.cell = math.Exp2(bits)
	bloom := uint(16)
	for 1<<bloom < 8*most {
		bloom++
	}
	x.filter, x.shift = make([]uint64, 1<<bloom/64), 64-bloom

	for i := range d.Cols {
		var v [indexRows]float64
		for k, r := range x.rows {
			v[k] = d.Cols[i][r]
		}
		x.keep(leaf{op: opVar, size: 1, vars: 1 << i, a: int32(i)}, &v)
	}
	one := [indexRows]float64{1, 1, 1, 1, 1, 1, 1, 1}
	x.nodes, x.vals = append(x.nodes, leaf{op: opOne, size: 1}), append(x.vals, one)
	const largest = 16
	x.ends = append(x.ends, int32(len(x.nodes)))
	for size := 2; size <= largest && len(x.nodes) < most && ctx.Err() == nil; size++ {
		x.growUnary(size)
		x.growBinary(ctx, size)
		x.ends = append(x.ends, int32(len(x.nodes)))
	}
	return x
}

// Len returns how many expressions there are.
func (x *Index) Len() int { return len(x.nodes) }

// Work returns the node-rows evaluated so far, those of look-ups included.
func (x *Index) Work() int64 { return x.work.Load() }

// spreadRows picks rows that differ from each other in every column and in the
// target as much as possible: rows that agree in a column say nothing about
// expressions of that column.
func spreadRows(d symbolic.Data) (rows [indexRows]int) {
	const looked = 400
	n := min(len(d.Y), looked)
	columns := make([][]float64, 0, len(d.Cols)+1)
	for _, c := range append(slices.Clone(d.Cols), d.Y) {
		columns = append(columns, ranks(c[:n]))
	}
	// The distance of a row from the nearest chosen one, in the column where it
	// is least. The first row is the most central one.
	distance := make([]float64, n)
	for r := range distance {
		distance[r] = math.Inf(1)
		for _, c := range columns {
			distance[r] = min(distance[r], 0.5-math.Abs(c[r]-0.5))
		}
	}
	for k := range rows {
		best := 0
		for r, v := range distance {
			if v > distance[best] {
				best = r
			}
		}
		rows[k] = best
		for r := range distance {
			near, sum := math.Inf(1), 0.0
			for _, c := range columns {
				gap := math.Abs(c[r] - c[best])
				near, sum = min(near, gap), sum+gap
			}
			// Where all values of a column repeat, the other columns decide.
			near += 1e-3 * sum
			if k == 0 {
				distance[r] = near
			} else {
				distance[r] = min(distance[r], near)
			}
		}
		distance[best] = -1
	}
	return rows
}

// ranks are the places of values in their order, from 0 to 1; equal values have
// one place.
func ranks(v []float64) []float64 {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	out := make([]float64, len(v))
	for i, x := range v {
		at, _ := slices.BinarySearch(sorted, x)
		out[i] = float64(at) / float64(len(v))
	}
	return out
}

const (
	mix1 = 0x9e3779b97f4a7c15
	mix2 = 0xd6e8feb86659fd93
	mix3 = 0xa0761d6478bd642f
)

func mixed(h uint64) uint64 {
	h ^= h >> 32
	h *= mix2
	return h ^ h>>29
}

// share maps v, in units of the positive size u with a sign, to (-1, 1) so that
// errors relative to the larger of the two become errors of the share.
func share(v, sign, u float64) float64 { return v * sign / (u + math.Abs(v)) }

// scaleKey hashes the first four values up to a common factor. Not ok for values
// that do not vary.
func scaleKey(v *[indexRows]float64) (h uint64, ok bool) {
	u, s := math.Abs(v[0]), math.Copysign(1, v[0])
	p, q, r := share(v[1], s, u), share(v[2], s, u), share(v[3], s, u)
	const flat = 1e-9
	if !(math.Abs(p-0.5) > flat || math.Abs(q-0.5) > flat || math.Abs(r-0.5) > flat) {
		return 0, false
	}
	// Two computations of one value on either side of a boundary only cost a
	// repetition. The offset keeps boundaries off round numbers.
	const cells, offset = 1 << 32, 1<<33 + 0.37
	h = uint64(int64(p*cells+offset))*mix1 ^ uint64(int64(q*cells+offset))*mix3
	h = mixed(h) ^ uint64(int64(r*cells+offset))*mix1
	return mixed(h), p-p == 0 && q-q == 0 && r-r == 0
}

// alikeShares are two numbers that t[0] to t[3] share with a+b*t for any a and b.
// Not ok where less than the given share of the values varies, or one row towers
// over all others, so that the numbers have no digits to tell anything by.
func alikeShares(t0, t1, t2, t3, least float64) (p, q float64, ok bool) {
	a, b, c := t1-t0, t2-t0, t3-t0
	u, s := math.Abs(a), math.Copysign(1, a)
	p, q = share(b, s, u), share(c, s, u)
	const near = 1e-5
	ok = u > least*math.Abs(t0) &&
		!(math.Abs(p-0.5) < near && math.Abs(q-0.5) < near) &&
		!(math.Abs(p) < near && math.Abs(q) < near) &&
		!(math.Abs(p) > 1-near && math.Abs(q) > 1-near)
	return p, q, ok
}

func alikeHash(i, j int64) uint64 { return mixed(uint64(i)*mix1 ^ uint64(j)*mix3) }

// cellEdge is added to shares, to make them positive and to keep the edges of
// cells off round numbers.
const cellEdge = 1.37

// cells are the numbers that the shares p and q are looked up by.
func (x *Index) cells(p, q float64) (i, j int64) {
	return int64((p + cellEdge) * x.cell), int64((q + cellEdge) * x.cell)
}

// keep adds an expression with its values.
func (x *Index) keep(n leaf, v *[indexRows]float64) {
	h, ok := scaleKey(v)
	if !ok || x.known.has(h) {
		return
	}
	i := int32(len(x.nodes))
	x.known.add(h, i)
	x.nodes, x.vals = append(x.nodes, n), append(x.vals, *v)
	const least = 1e-5
	p, q, ok := alikeShares(v[0], v[1], v[2], v[3], least)
	if !ok {
		return
	}
	if x.lookUp(v, 0) >= 0 {
		return // a shorter one with a factor and a summand
	}
	// What is near the edge of a cell is put into the neighbour as well, so that
	// a look-up is a single one.
	x.edges(p, q, func(h uint64) {
		x.alike.add(h, i)
		x.filter[h>>x.shift>>6] |= 1 << (h >> x.shift & 63)
	})
}

// edges calls add for the cell of the shares p and q and those that they could
// be in by an error of the tolerance.
func (x *Index) edges(p, q float64, add func(h uint64)) {
	i0, j0 := x.cells(p-x.tol, q-x.tol)
	i1, j1 := x.cells(p+x.tol, q+x.tol)
	for i := i0; i <= i1; i++ {
		for j := j0; j <= j1; j++ {
			add(alikeHash(i, j))
		}
	}
}

// lookUp returns the shortest expression f with t = a+b*f on all rows of the
// index, -1 if there is none. least is as for alikeShares.
func (x *Index) lookUp(t *[indexRows]float64, least float64) int32 {
	p, q, ok := alikeShares(t[0], t[1], t[2], t[3], least)
	if !ok {
		return -1
	}
	// Where inputs differ by many decades expressions that differ by little crowd
	// in some cells. Only the first few there are looked at.
	const most = 8
	h := alikeHash(x.cells(p, q))
	for k, met := h&x.alike.mask, 0; met < most; k = (k + 1) & x.alike.mask {
		v := x.alike.at[k]
		if v == 0 {
			return -1
		}
		if v>>32 == h>>32 {
			if i := int32(uint32(v)) - 1; x.agrees(t, &x.vals[i]) {
				return i
			}
			met++
		}
	}
	return -1
}

// agrees reports whether t = a+b*f on all rows of the index.
func (x *Index) agrees(t, f *[indexRows]float64) bool {
	slope := (t[1] - t[0]) / (f[1] - f[0])
	const slack = 8 // the slope comes from two rows
	for k, v := range t {
		e := math.Abs(v - t[0] - slope*(f[k]-f[0]))
		if !(e <= slack*x.tol*scaleOf(t, k)) {
			return false
		}
	}
	return true
}

// scaleOf is what errors of t on row k are measured by: both the row's own value,
// as one row may tower over the others, and how much the values vary.
func scaleOf(t *[indexRows]float64, k int) float64 {
	return min(math.Abs(t[k])+math.Abs(t[0]), math.Abs(t[k]-t[0])+math.Abs(t[1]-t[0]))
}
