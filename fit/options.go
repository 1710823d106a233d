package fit

import (
	"io"
	"time"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// Options steer Run. The zero value is useful: every field says what it means
// when it is zero.
type Options struct {
	// Time bounds the work; 0 means 60 seconds. Run returns the best answer
	// so far when it is over, and earlier when a formula is certain.
	Time time.Duration

	// Seed drives the split into training and held-out rows and everything
	// random. The same seed gives the same result for any number of threads.
	Seed uint64

	// Threads is how many fits run at once; 0 means runtime.NumCPU.
	Threads int

	// Heldout is the share of rows kept for judging; 0 means a quarter.
	Heldout float64

	// RowsUsed bounds how many rows training uses, drawn by seed; 0 means a
	// bound chosen so that the work fits into Time. Errors are always
	// reported on all rows of each part.
	RowsUsed int

	// Library is the set of functions used to name curves; nil means
	// library.DefaultSet.
	Library *library.Set

	// MaxComplexity bounds the printed size of a formula; 0 means no bound.
	MaxComplexity int

	// Refit, if not nil, is a formula whose free constants are fitted, and
	// nothing is searched.
	Refit *symbolic.Expr

	// NoNetwork leaves out the network that is otherwise trained when a formula
	// was certain without one.
	NoNetwork bool

	// Trace, if not nil, gets a line for every step of the search with the
	// seconds since the start, for those who want to know why a formula was
	// found or missed.
	Trace io.Writer

	// Progress, if not nil, is called from one goroutine as work proceeds.
	Progress func(Progress)
}

// Progress is a snapshot for a person who waits.
type Progress struct {
	Stage   string        // what is being tried, in words
	Elapsed time.Duration // since the start
	Budget  time.Duration // in total
	Best    *Candidate    // the best formula so far, nil at the start
}
