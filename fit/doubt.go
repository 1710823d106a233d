package fit

import (
	"fmt"
	"math"
	"strconv"
)

// farWorse is how many times the error of something else the error of a formula is,
// as root mean squares, when the formula leaves more than noise: on a few dozen rows
// two errors of one size hardly differ by as much.
const farWorse = 1.5

// outdone reports whether the search has seen something that leaves far less of the
// target than c does, so that what c leaves is not noise.
func (s *state) outdone(c *scored) bool {
	noise := s.noise()
	return !c.exact && c.error() > farWorse*farWorse*noise*noise && noise > 0
}

// doubt says why c is probably not the law, empty if nothing speaks against it: the
// network, or else a longer formula, predicts held-out rows far better.
func (s *state) doubt(c *scored) string {
	if c.undetermined {
		return "it reproduces the data whatever some of its constants are within wide limits, as it is steep between two rows: it is probably not the law but stands for a step or a kink"
	}
	const fewest = 10 // rows held out, below which errors tell little
	if c.exact || c.rowsHeld < fewest {
		return ""
	}
	held := math.Sqrt(c.heldMSE)
	times := func(mse float64) float64 { return held / math.Sqrt(mse) }
	if s.net != nil {
		if n := times(s.net.mse); n > farWorse {
			return fmt.Sprintf("the network is %s times better than this formula: it is probably not the law", severalTimes(n))
		}
	}
	least, size := math.Inf(1), 0
	for _, o := range s.front.list {
		if o.heldMSE < least {
			least, size = o.heldMSE, o.complexity
		}
	}
	if n := times(least); n > farWorse {
		return fmt.Sprintf("a formula of complexity %d is %s times better than this one: it is probably not the law", size, severalTimes(n))
	}
	return ""
}

// severalTimes is a factor above 1 to one place, or none from 10 on.
func severalTimes(n float64) string {
	const many = 1e6
	if !(n < many) {
		return "over a million"
	}
	if n >= 10 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'f', 1, 64)
}
