package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/kan/jsontext"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// maxResult bounds the size of a result that Read reads, in bytes.
const maxResult = 64 << 20

// Read reads a result that JSON wrote, with its formulas: Net is nil, and
// everything else as before. functions are those that formulas may call beside
// the built-in ones; nil means none. Errors say what about the text is wrong.
func Read(r io.Reader, functions *library.Set) (*fit.Result, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxResult+1))
	if err != nil {
		return nil, fmt.Errorf("read result: %w", err)
	}
	if len(text) > maxResult {
		return nil, fmt.Errorf("read result: more than %d MB, which no result is", maxResult>>20)
	}
	var out fit.Result
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("read result: %w", jsontext.Explain(text, err))
	}
	switch {
	case out.Version > 1:
		return nil, fmt.Errorf("read result: was written by a newer kansym (version %d of the format); use that one", out.Version)
	case out.Version < 1 || out.Best == nil:
		return nil, errors.New("read result: this is no result of kansym fit --json")
	case out.Rows < 0 || out.RowsUsed < 0 || out.RowsHeldout < 0:
		return nil, errors.New("read result: a number of rows is negative")
	}
	names := []string{} // nil would take every name for a variable
	for _, v := range out.Variables {
		names = append(names, v.Name)
	}
	// The best formula stands in the front too.
	found := false
	for _, c := range append([]*fit.Candidate{out.Best}, out.Front...) {
		if c == nil {
			return nil, errors.New("read result: a formula of the front is missing")
		}
		if c.Expr, err = symbolic.Parse(c.Expression, symbolic.ParseOptions{Vars: names, Functions: functions}); err != nil {
			return nil, fmt.Errorf("read result: %w", err)
		}
	}
	for _, c := range out.Front {
		if !found && c.Expression == out.Best.Expression {
			out.Best, found = c, true
		}
	}
	if !found {
		out.Front = append(out.Front, out.Best)
	}
	if err := readEdges(text, &out, functions); err != nil {
		return nil, err
	}
	return &out, nil
}

// readEdges reads the runners-up of edges, which are functions by name.
func readEdges(text []byte, out *fit.Result, functions *library.Set) error {
	if out.Network == nil {
		return nil
	}
	var views struct {
		Network struct {
			Edges []edgeView `json:"edges"`
		} `json:"network"`
	}
	if err := json.Unmarshal(text, &views); err != nil {
		return fmt.Errorf("read result: %w", err)
	}
	n := &Network{Functions: functions}
	for i, v := range views.Network.Edges {
		row := &out.Network.Edges[i]
		row.Alternatives = []symbolic.Match{}
		for _, m := range v.Alternatives {
			f := n.lookup(m.Name)
			if f == nil {
				// Its name is all that is shown.
				f = &library.Func{Name: m.Name}
			}
			row.Alternatives = append(row.Alternatives, symbolic.Match{Func: f, RMSE: m.RMSE, R2: m.R2})
		}
	}
	return nil
}
