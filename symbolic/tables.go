package symbolic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// EdgeRow is what naming found out about one edge of a network: the edge from
// node From to node To of layer Layer (all counted from 0) is
// C*Name(A*x+B)+D in terms of the values that arrive at it.
type EdgeRow struct {
	Layer int    `json:"layer"`
	From  int    `json:"from"`
	To    int    `json:"to"`
	Name  string `json:"name"`

	A float64 `json:"a"`
	B float64 `json:"b"`
	C float64 `json:"c"`
	D float64 `json:"d"`

	// RMSE and R2 compare the named function to the curve that was learned.
	RMSE float64 `json:"rmse"`
	R2   float64 `json:"r2"`

	// Alternatives are the other functions that came near the curve, best
	// first.
	Alternatives []Match `json:"alternatives"`
}

// MarshalJSON writes the match with its function's name.
func (m Match) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name string  `json:"name"`
		A    float64 `json:"a"`
		B    float64 `json:"b"`
		C    float64 `json:"c"`
		D    float64 `json:"d"`
		RMSE float64 `json:"rmse"`
		R2   float64 `json:"r2"`
	}{m.Func.Name, m.A, m.B, m.C, m.D, m.RMSE, m.R2})
}

// TableStyle is how a table is drawn.
type TableStyle uint8

// The styles.
const (
	TablePlain    TableStyle = iota // columns with two spaces between them
	TableMarkdown                   // a Markdown table, bars in cells escaped
)

// EdgeTable writes a table with a line for each edge: its place, name,
// constants, errors against the learned curve, and the runners-up with theirs.
// The error is w's.
func EdgeTable(w io.Writer, rows []EdgeRow) error {
	return EdgeTableStyle(w, rows, TablePlain)
}

// EdgeTableStyle is EdgeTable in a style.
func EdgeTableStyle(w io.Writer, rows []EdgeRow, style TableStyle) error {
	header := []string{"edge", "name", "a", "b", "c", "d", "RMSE", "R^2", "runners-up (RMSE)"}
	cells := make([][]string, 0, len(rows))
	for _, r := range rows {
		var others []string
		for _, m := range r.Alternatives {
			others = append(others, fmt.Sprintf("%s (%s)", m.Func.Name, TableNumber(m.RMSE)))
		}
		cells = append(cells, []string{
			fmt.Sprintf("%d:%d:%d", r.Layer, r.From, r.To), r.Name,
			TableNumber(r.A), TableNumber(r.B), TableNumber(r.C), TableNumber(r.D),
			TableNumber(r.RMSE), TableR2(r.R2), strings.Join(others, ", "),
		})
	}
	return WriteTable(w, style, header, cells, "llrrrrrrl")
}

// EdgeNote explains a table of edges in which a runner-up comes nearer to its
// curve than the name does; it is empty where none does.
func EdgeNote(rows []EdgeRow) string {
	for _, r := range rows {
		for _, m := range r.Alternatives {
			if m.RMSE < r.RMSE {
				return "Names are chosen in context, by the error and the size of the whole formula, so a runner-up may come nearer to its own curve."
			}
		}
	}
	return ""
}

// CandidateRow is a line of a table of formulas.
type CandidateRow struct {
	Complexity      int
	RMSETrain       float64
	RMSEHeldout, R2 float64
	Exact           bool
	Formula         string
}

// CandidateTable writes a table with a line for each formula: its size, errors
// and text. The error is w's.
func CandidateTable(w io.Writer, rows []CandidateRow, style TableStyle) error {
	header := []string{"size", "RMSE fit", "RMSE held out", "R^2", "exact", "formula"}
	cells := make([][]string, 0, len(rows))
	for _, r := range rows {
		exact := ""
		if r.Exact {
			exact = "yes"
		}
		cells = append(cells, []string{
			strconv.Itoa(r.Complexity), TableNumber(r.RMSETrain), TableNumber(r.RMSEHeldout), TableR2(r.R2), exact, r.Formula,
		})
	}
	return WriteTable(w, style, header, cells, "rrrrll")
}

// WriteTable writes rows below a header; align has an l or r for each column.
// Text is neither cut, wrapped nor changed, but for what Markdown needs escaped.
// The error is w's. It panics when a row or align has another length than the
// header.
func WriteTable(w io.Writer, style TableStyle, header []string, rows [][]string, align string) error {
	if len(align) != len(header) {
		panic("symbolic: alignment for another number of columns")
	}
	per := make([]tw.Align, len(header))
	for i, a := range align {
		per[i] = tw.AlignLeft
		if a == 'r' {
			per[i] = tw.AlignRight
		}
	}
	var draw tw.Renderer
	if style == TableMarkdown {
		draw = renderer.NewMarkdown()
	} else {
		draw = renderer.NewBlueprint(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone},
		})
	}
	// The table goes to memory first: it ends lines in blanks, and it does not
	// tell of a write that failed.
	var buf bytes.Buffer
	t := tablewriter.NewTable(&buf,
		tablewriter.WithRenderer(draw),
		// By default headers are put in capitals and long text is wrapped.
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: per}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: per}),
	)
	t.Header(cellsOf(header, style))
	for _, r := range rows {
		if len(r) != len(header) {
			panic("symbolic: row with another number of columns")
		}
		if err := t.Append(cellsOf(r, style)); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	for line := range bytes.Lines(buf.Bytes()) {
		if _, err := fmt.Fprintf(w, "%s\n", bytes.TrimRight(line, " \n")); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}

func cellsOf(cells []string, style TableStyle) []string {
	if style != TableMarkdown {
		return cells
	}
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	return out
}

// TableNumber writes a number to five digits, and "-" for one that is not
// finite.
func TableNumber(v float64) string {
	if !isFinite(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

// TableR2 writes a coefficient of determination with as many digits as tell it
// from 1, two beyond the nines.
func TableR2(v float64) string {
	switch {
	case !isFinite(v):
		return "-"
	case v == 1:
		return "1"
	case v > 0.999:
		digits := min(1-int(math.Floor(math.Log10(1-v))), 16)
		return strconv.FormatFloat(v, 'f', digits, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}
