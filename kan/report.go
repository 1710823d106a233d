package kan

// Status tells why training ended.
type Status uint8

// The reasons.
const (
	StatusConverged  Status = iota // further steps, or finer grids, gain too little
	StatusHeldout                  // the held-out error stopped falling
	StatusTarget                   // the held-out error reached Tolerance
	StatusIterations               // MaxIter steps were made on the last grid
	StatusCancelled                // the context ended
	StatusDiverged                 // the starting network is not finite on the data
	StatusConstant                 // the target does not vary; nothing to train
)

// String returns the reason in a word or two.
func (s Status) String() string {
	switch s {
	case StatusConverged:
		return "converged"
	case StatusHeldout:
		return "held-out error rises"
	case StatusTarget:
		return "tolerance reached"
	case StatusIterations:
		return "iterations used up"
	case StatusCancelled:
		return "cancelled"
	case StatusDiverged:
		return "not finite"
	case StatusConstant:
		return "constant target"
	}
	return "unknown"
}

// TrainReport says what Train did. Errors are weighted root mean squares in
// the units of the target.
type TrainReport struct {
	TrainRMSE, HeldRMSE float64
	// TrainRelative and HeldRelative are those divided by the standard
	// deviation of the target over the training rows (0 for a constant target).
	TrainRelative, HeldRelative float64

	Grid       int     // intervals of the splines of the network returned
	Curvature  float64 // penalty of the last round of training, relative to the variance
	Iterations int     // Levenberg-Marquardt steps, all starts and grids together
	Starts     int     // starting networks tried
	Start      string  // the one that led to the result
	MatrixFree bool    // whether steps were found by conjugate gradients
	Status     Status
	// History has an entry for each grid on the way to the result, coarse to fine.
	History []GridError
}

// GridError is the error reached with one grid.
type GridError struct {
	Grid, Iterations    int
	Curvature           float64
	TrainRMSE, HeldRMSE float64
	Status              Status
}
