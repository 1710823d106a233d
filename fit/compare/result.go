package compare

import "github.com/kansym/kansym/fit"

// Result is what Run measured. It marshals to JSON; everything in it is
// finite. Errors are weighted root mean squares in the units of the target,
// relative ones are divided by Spread.
type Result struct {
	Version   int            `json:"version"` // of the format, 1
	Target    string         `json:"target"`
	Variables []fit.Variable `json:"variables"`
	Rows      int            `json:"rows"`
	// RowsTrain are fitted, RowsValidation decide when training stops, and
	// RowsHeldout judge. Shared tells that there were too few rows for that
	// and the validation rows are those that are fitted.
	RowsTrain      int  `json:"rows_train"`
	RowsValidation int  `json:"rows_validation"`
	RowsHeldout    int  `json:"rows_heldout"`
	Shared         bool `json:"validation_shared"`

	Spread  float64 `json:"spread"` // standard deviation of the target, training rows
	Seed    uint64  `json:"seed"`
	Seconds float64 `json:"seconds"`

	Models   []*Model `json:"models"`            // by kind, smallest first
	Search   *Search  `json:"formula,omitempty"` // nil if it was not finished
	Rewrite  *Rewrite `json:"rewrite,omitempty"` // nil if no KAN was trained
	Claims   []Claim  `json:"claims"`
	Warnings []string `json:"warnings"`

	// Interrupted tells that the context ended before all was done.
	Interrupted bool `json:"interrupted"`
}

// Kind is a kind of network.
type Kind string

// The kinds.
const (
	KAN Kind = "KAN"
	MLP Kind = "MLP"
)

// Model is a trained network.
type Model struct {
	Kind       Kind  `json:"kind"`
	Shape      []int `json:"shape"`
	Grid       int   `json:"grid,omitempty"` // intervals of the splines
	Parameters int   `json:"parameters"`

	RMSETrain      float64 `json:"rmse_train"`
	RMSEValidation float64 `json:"rmse_validation"`
	RMSEHeldout    float64 `json:"rmse_heldout"`
	Relative       float64 `json:"relative"` // RMSEHeldout over the spread

	Starts  int     `json:"starts"`
	Steps   int     `json:"steps"` // all starts together
	Seconds float64 `json:"seconds"`
	Status  string  `json:"status"`
	// Stopped tells that the time was over before training was.
	Stopped bool `json:"stopped"`

	// Formula is what the curves of a KAN were named, nil where none was
	// found; Unnamed says why. Of KANs of the same shape the one on the finest
	// grid is named, which SeeGrid then tells.
	Formula *Formula `json:"formula,omitempty"`
	SeeGrid int      `json:"see_grid,omitempty"`
	Unnamed string   `json:"unnamed,omitempty"`
}

// Formula is what naming made of a network.
type Formula struct {
	Expression  string  `json:"expression"`
	Complexity  int     `json:"complexity"`
	RMSEHeldout float64 `json:"rmse_heldout"`
	// Good tells that its error is at most twice that of the network, or
	// nothing but rounding.
	Good bool `json:"good"`
}

// Search is the answer of fit.Run.
type Search struct {
	Expression  string  `json:"expression"`
	Complexity  int     `json:"complexity"`
	Parameters  int     `json:"parameters"` // constants that were fitted
	Exact       bool    `json:"exact"`
	RMSEHeldout float64 `json:"rmse_heldout"`
	Relative    float64 `json:"relative"`
	Seconds     float64 `json:"seconds"`
	Stopped     bool    `json:"stopped"` // the time was over before the search was
}

// Rewrite is the KAN of least validation error as a perceptron.
type Rewrite struct {
	Shape      []int `json:"shape"`
	Units      int   `json:"units"` // rectified units and powers of such
	Parameters int   `json:"parameters"`
	// Difference is the greatest between the two, over the rows that were
	// fitted or held out, divided by the spread.
	Difference float64 `json:"difference"`
}

// Claim is something that is said about KANs, checked.
type Claim struct {
	Claim   string `json:"claim"`
	Verdict string `json:"verdict"` // yes, no, or another word or two
	Figures string `json:"figures"` // a sentence
}
