package kan

import (
	"fmt"
	"slices"
)

// Model is a trained network with what a person needs to use it again: the
// names of its columns, how well it fits, and how it came to be. Save writes it
// to a file and Load reads it back, bit for bit.
type Model struct {
	// Columns are the names of the inputs in the file that the data came from,
	// in the order of the network's Inputs, which are identifiers. Nil means
	// that they are the same.
	Columns []string
	// Ranges are the smallest and the largest value of each input in the data
	// that a network without curves was made for, in the order of Columns and
	// in units of the data; curves tell them otherwise. Nil if unknown.
	Ranges [][2]float64
	// Missing are the numbers that stood for missing ones in the data that the
	// network was made from. Rows that had one were left out.
	Missing []MissingCode
	// Target is the name of the column that the network predicts.
	Target string

	// Snapshot is the model's present state.
	Snapshot

	// History holds the earlier states, the oldest first. The present state is
	// version len(History)+1.
	History []Snapshot
}

// MissingCode is a number, such as -999, that stands for a missing one in a column
// of the data.
type MissingCode struct {
	Column string  `json:"column"` // as in the file that the data came from
	Value  float64 `json:"value"`
}

// Snapshot is a state of a model.
type Snapshot struct {
	// Command says how the state was made from the one before: "prune m.json
	// data.csv".
	Command string
	// Network is owned by the snapshot and not changed.
	Network *Network
	// Summary is nil if the network was not compared with data.
	Summary *Summary
}

// Summary says how well a network fits the data that made it. Errors are root
// mean squares in the units of the target.
type Summary struct {
	Rows         int     `json:"rows"`
	RowsHeldout  int     `json:"rows_heldout"`
	RMSETrain    float64 `json:"rmse_train"`
	RMSEHeldout  float64 `json:"rmse_heldout"`
	HeldRelative float64 `json:"relative_heldout"` // RMSEHeldout by the target's standard deviation
	Iterations   int     `json:"iterations"`
	Seed         uint64  `json:"seed"`
}

// Version returns the number of the present state, 1 for a new model.
func (m *Model) Version() int { return len(m.History) + 1 }

// Step returns the model with next as its present state and the present one as
// the last of its history. m is left alone; both share their networks. If next
// has no Network, it keeps the present one.
func (m *Model) Step(next Snapshot) *Model {
	if next.Network == nil {
		next.Network = m.Network
	}
	s := *m
	s.History = append(slices.Clip(slices.Clone(m.History)), m.Snapshot)
	s.Snapshot = next
	return &s
}

// At returns the state of the given version, from 1 to Version.
func (m *Model) At(version int) (Snapshot, error) {
	switch {
	case version < 1 || version > m.Version():
		return Snapshot{}, fmt.Errorf("kan: model has no version %d: choose 1 to %d", version, m.Version())
	case version == m.Version():
		return m.Snapshot, nil
	}
	return m.History[version-1], nil
}

// Rewind returns the model as it was at the given version: its state and the
// history before it. m is left alone; both share their networks.
func (m *Model) Rewind(version int) (*Model, error) {
	state, err := m.At(version)
	if err != nil {
		return nil, err
	}
	s := *m
	s.Snapshot = state
	s.History = slices.Clone(m.History[:version-1])
	return &s, nil
}

// Check reports what makes the model impossible to save: a network that is not
// sound, names that do not fit it, numbers that are not finite.
func (m *Model) Check() error {
	if m.Network == nil {
		return fmt.Errorf("kan: model without a network")
	}
	if len(m.History) > maxHistory {
		return fmt.Errorf("kan: model with %d earlier versions, more than %d: rewind it or save it without its history", len(m.History), maxHistory)
	}
	if m.Columns != nil && len(m.Columns) != len(m.Network.Inputs) {
		return fmt.Errorf("kan: model with %d columns for %d inputs", len(m.Columns), len(m.Network.Inputs))
	}
	if m.Ranges != nil && len(m.Ranges) != len(m.Network.Inputs) {
		return fmt.Errorf("kan: model with %d ranges for %d inputs", len(m.Ranges), len(m.Network.Inputs))
	}
	for _, c := range m.Missing {
		if !finite(c.Value) {
			return fmt.Errorf("kan: model in whose column %q the value %v stands for a missing one", c.Column, c.Value)
		}
	}
	for i, r := range m.Ranges {
		if !finite(r[0]) || !finite(r[1]) || r[0] > r[1] {
			return fmt.Errorf("kan: model with the range %v to %v of input %d", r[0], r[1], i)
		}
	}
	for v := 1; v <= m.Version(); v++ {
		s, _ := m.At(v)
		if err := s.check(); err != nil {
			return fmt.Errorf("kan: model version %d: %w", v, err)
		}
		if err := m.checkNames(s.Network.Inputs); err != nil {
			return fmt.Errorf("kan: model version %d: %w", v, err)
		}
	}
	return nil
}

// checkNames reports names by which columns cannot be told apart.
func (m *Model) checkNames(inputs []string) error {
	columns := m.Columns
	if columns == nil {
		columns = inputs
	}
	for i, name := range inputs {
		if slices.Contains(inputs[:i], name) {
			return fmt.Errorf("two inputs are called %q: every input needs a name of its own", name)
		}
	}
	for i, name := range columns {
		switch {
		case slices.Contains(columns[:i], name):
			return fmt.Errorf("two inputs are the column %q: every input needs a column of its own", name)
		case name == m.Target:
			return fmt.Errorf("the target %q is also an input: a column cannot be predicted from itself", name)
		}
	}
	return nil
}

func (s *Snapshot) check() error {
	if s.Network == nil {
		return fmt.Errorf("no network")
	}
	if err := s.Network.Check(); err != nil {
		return err
	}
	if err := CheckSize(s.Network.Shape()); err != nil {
		return err
	}
	for _, l := range s.Network.Layers {
		for k, e := range l.Edges {
			if err := checkGrid(e); err != nil {
				return fmt.Errorf("edge from %d to %d: %w", k%l.In, k/l.In, err)
			}
		}
	}
	if t := s.Summary; t != nil {
		if !finite(t.RMSETrain) || !finite(t.RMSEHeldout) || !finite(t.HeldRelative) {
			return fmt.Errorf("summary with an error that is not finite")
		}
		if t.Rows < 0 || t.RowsHeldout < 0 || t.Iterations < 0 {
			return fmt.Errorf("summary with a negative count")
		}
	}
	return nil
}

// checkGrid reports a grid on which a spline cannot be evaluated.
func checkGrid(e *Edge) error {
	if e.Kind != Spline {
		return nil
	}
	s := e.Spline
	if inv := float64(s.N) / (s.Hi - s.Lo); !finite(s.Hi-s.Lo) || !finite(inv) || inv == 0 || s.N > maxIntervals {
		return fmt.Errorf("grid of %d intervals from %v to %v", s.N, s.Lo, s.Hi)
	}
	return nil
}
