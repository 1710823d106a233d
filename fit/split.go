package fit

import (
	"math"
	"math/rand/v2"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

const (
	// searchRows bounds the rows that hypotheses are tried on; a formula that
	// survives is refitted on all training rows.
	searchRows = 2000
	// defaultRowsUsed bounds the training rows when the caller does not.
	defaultRowsUsed = 10000
	// heldoutRows bounds the rows that candidates are judged on during the
	// search. What the result reports is computed on every held-out row.
	heldoutRows = 10000
)

// parts is the data of a run, cut by rows. All parts share the column order.
type parts struct {
	train  symbolic.Data // rows that constants are fitted to
	search symbolic.Data // the first rows of train, for trying hypotheses
	held   symbolic.Data // rows that candidates are judged on
	all    symbolic.Data // every held-out row
}

// SplitRows returns which of n rows Run fits to with the given options, and which
// it holds out to judge by. Only Seed, Heldout and RowsUsed matter.
func SplitRows(n int, opt Options) (used, heldout []int) {
	perm := rand.New(rand.NewPCG(opt.Seed, 0x5eed)).Perm(n)
	share := opt.Heldout
	if share == 0 {
		share = 0.25
	}
	held := int(math.Round(share * float64(n)))
	held = max(1, min(held, n-2))
	if n < 3 {
		held = 0
	}
	limit := opt.RowsUsed
	if limit == 0 {
		limit = defaultRowsUsed
	}
	return perm[:min(n-held, limit)], perm[n-held:]
}

// Split returns the rows that Run with the same options fits formulas to and
// the rows that it judges them by, in the same order. They are copies.
func Split(t *table.Table, opt Options) (train, held symbolic.Data) {
	p := split(t, opt)
	return p.train, p.all
}

// split draws the parts by seed.
func split(t *table.Table, opt Options) parts {
	used, heldout := SplitRows(t.Rows(), opt)
	var p parts
	p.all = pick(t, heldout)
	p.held = head(p.all, heldoutRows)
	p.train = pick(t, used)
	p.search = head(p.train, searchRows)
	return p
}

// pick copies the given rows of the inputs, target and weights.
func pick(t *table.Table, rows []int) symbolic.Data {
	gather := func(src []float64) []float64 {
		dst := make([]float64, len(rows))
		for i, r := range rows {
			dst[i] = src[r]
		}
		return dst
	}
	var d symbolic.Data
	for i, name := range t.Names {
		if i != t.Target {
			d.Names = append(d.Names, name)
			d.Cols = append(d.Cols, gather(t.Cols[i]))
		}
	}
	d.Y = gather(t.Cols[t.Target])
	if t.Weights != nil {
		d.W = gather(t.Weights)
	}
	return d
}

// head is a view of the first n rows.
func head(d symbolic.Data, n int) symbolic.Data { return d.Rows(0, n) }
