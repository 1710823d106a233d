package fit

import (
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/symbolic"
)

// Result is what Run found. It marshals to the JSON that the command line
// documents; everything in it is finite.
type Result struct {
	Version     int        `json:"version"` // of the format, 1
	Target      string     `json:"target"`
	Rows        int        `json:"rows"`
	RowsUsed    int        `json:"rows_used"`
	RowsHeldout int        `json:"rows_heldout"`
	Seed        uint64     `json:"seed"`
	Seconds     float64    `json:"seconds"`
	Variables   []Variable `json:"variables"`

	// Sentinels are the numbers that stood for missing ones in the table; the
	// rows that had them are not among Rows.
	Sentinels []table.Sentinel `json:"sentinels"`

	Best      *Candidate   `json:"best"`
	Front     []*Candidate `json:"front"`
	Doubt     string       `json:"doubt"` // why Best is probably not the law, empty if nothing speaks against it
	Network   *NetworkInfo `json:"network,omitempty"`
	Structure []string     `json:"structure"`
	Found     []string     `json:"found"` // how Best was found, step by step
	Noise     NoiseInfo    `json:"noise"`
	Warnings  []string     `json:"warnings"`

	// Interrupted tells that the context or the time budget ended the work.
	Interrupted bool `json:"interrupted"`

	// Net is the trained network behind Network, nil if none was needed.
	Net *kan.Network `json:"-"`
}

// Variable is an input column: the identifier that formulas use and the name
// that the file gave it.
type Variable struct {
	Name   string `json:"name"`
	Column string `json:"column"`
}

// Candidate is a formula with its errors.
type Candidate struct {
	Expression string `json:"expression"` // expr-lang
	LaTeX      string `json:"latex"`
	Complexity int    `json:"complexity"` // nodes of the printed formula

	// Exact tells that the formula reproduces held-out rows to float precision.
	Exact bool `json:"exact"`

	// R2Train and R2Heldout are 1-SSE/SST on the rows of either part, with SST
	// about the weighted mean of the target on the same rows: 0 is as good as
	// the best constant for these rows, and no constant is above it. Where the
	// target does not vary, R2Heldout is 1 if the formula is exact and 0 if not.
	R2Train     float64 `json:"r2_train"`
	R2Heldout   float64 `json:"r2_heldout"`
	RMSETrain   float64 `json:"rmse_train"`
	RMSEHeldout float64 `json:"rmse_heldout"`

	// DescriptionLength is in bits: rows/2*log2(error, floored at the noise)
	// plus the bits of the expression and of its constants.
	DescriptionLength float64    `json:"description_length"`
	Constants         []Constant `json:"constants"`

	// Expr is the formula over the identifiers in Result.Variables.
	Expr *symbolic.Expr `json:"-"`
}

// Constant is a decimal of a formula. Those of a candidate are in the order in
// which the formula is printed, before the exact numbers that replaced others.
type Constant struct {
	Value float64 `json:"value"`
	// StdErr is the standard error of the fitted value; 0 if the constant was
	// not fitted.
	StdErr float64 `json:"stderr"`
	// Snapped is the exact form the constant was replaced by ("1/2", "pi"),
	// empty if it stayed a decimal.
	Snapped string `json:"snapped,omitempty"`
}

// NetworkInfo describes the network that was trained.
type NetworkInfo struct {
	Shape       []int              `json:"shape"`
	RMSEHeldout float64            `json:"rmse_heldout"`
	Edges       []symbolic.EdgeRow `json:"edges"`
}

// NoiseInfo is what was estimated about the noise of the target.
type NoiseInfo struct {
	// Estimate is the standard deviation of the noise in units of the target.
	Estimate float64 `json:"estimate"`
}
