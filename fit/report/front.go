package report

import (
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/kansym/kansym/fit"
)

// FrontTable writes one row for each candidate: its size, its errors, its
// description length and its formula. best is marked with a star. Formulas are
// cut where a row would be wider than width characters; 0 cuts nothing.
func FrontTable(w io.Writer, front []*fit.Candidate, best *fit.Candidate, width int) error {
	header := []string{"", "size", "held-out RMSE", "training RMSE", "R^2", "bits", "formula"}
	rows := make([][]string, len(front))
	used := make([]int, len(header))
	for j, h := range header {
		used[j] = utf8.RuneCountInString(h)
	}
	for i, c := range front {
		mark := ""
		if c == best {
			mark = "*"
		}
		held := number(c.RMSEHeldout)
		if c.Exact {
			held += " exact"
		}
		rows[i] = []string{mark, strconv.Itoa(c.Complexity), held, number(c.RMSETrain), r2(c.R2Heldout),
			fmt.Sprintf("%.1f", c.DescriptionLength), c.Expression}
		for j, s := range rows[i] {
			used[j] = max(used[j], utf8.RuneCountInString(s))
		}
	}
	if width > 0 {
		room := width
		for _, n := range used[:len(used)-1] {
			room -= n + 2
		}
		for _, r := range rows {
			r[len(r)-1] = cut(r[len(r)-1], max(room-2, 20))
		}
	}
	right := []tw.Align{tw.AlignLeft, tw.AlignRight, tw.AlignRight, tw.AlignRight, tw.AlignRight, tw.AlignRight, tw.AlignLeft}
	return Plain(w, header, rows, right)
}

// Plain writes rows below a header without any lines, each column aligned as
// told, and cuts or changes no text.
func Plain(w io.Writer, header []string, rows [][]string, align []tw.Align) error {
	t := tablewriter.NewTable(w,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Settings: tw.Settings{
				Separators: tw.SeparatorsNone,
				Lines:      tw.LinesNone,
			},
		})),
		// By default names are upper-cased and long text is wrapped.
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
	)
	t.Header(header)
	if err := t.Bulk(rows); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// cut shortens text to n characters.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)
	return string(runes[:n-3]) + "..."
}
