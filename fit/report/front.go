package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/symbolic"
)

// FrontTable writes one row for each candidate: its complexity, its errors, its
// description length in bits and its formula with numbers to 6 digits. best is
// marked with a star. Formulas are cut where a row would be wider than width
// characters; 0 cuts nothing.
func FrontTable(w io.Writer, front []*fit.Candidate, best *fit.Candidate, width int) error {
	header := []string{"", "complexity", "held-out RMSE", "training RMSE", "R^2", "bits", "formula"}
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
		rows[i] = []string{
			mark, strconv.Itoa(c.Complexity), number(c.RMSEHeldout), number(c.RMSETrain),
			r2(c.R2Heldout), fmt.Sprintf("%.1f", c.DescriptionLength), brief(c.Expression),
		}
		for j, s := range rows[i] {
			used[j] = max(used[j], utf8.RuneCountInString(s))
		}
	}
	if width > 0 {
		room := width - 1
		for _, n := range used[:len(used)-1] {
			room -= n + 2
		}
		for _, r := range rows {
			r[len(r)-1] = cut(r[len(r)-1], max(room, 20))
		}
	}
	return Plain(w, header, rows, "lrrrrrl")
}

// Plain writes rows below a header without any lines; align has an l or r for
// each column. Text is neither cut nor changed.
func Plain(w io.Writer, header []string, rows [][]string, align string) error {
	return trimmed(w, 0, func(w io.Writer) error {
		return symbolic.WriteTable(w, symbolic.TablePlain, header, rows, align)
	})
}

// trimmed writes the table that f draws without the blanks that fill up its
// last column, and lines cut to width characters if it is not 0.
func trimmed(w io.Writer, width int, f func(io.Writer) error) error {
	var b bytes.Buffer
	if err := f(&b); err != nil {
		return err
	}
	var out []byte
	for line := range bytes.Lines(b.Bytes()) {
		line = bytes.TrimRight(line, " \n")
		if width > 0 {
			line = []byte(cut(string(line), max(width, 40)))
		}
		out = append(append(out, line...), '\n')
	}
	if _, err := w.Write(out); err != nil {
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
