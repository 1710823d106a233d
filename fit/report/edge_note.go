package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/kansym/kansym/symbolic"
)

// writeEdgeNote writes below a table of edges what needs saying about it.
func writeEdgeNote(w io.Writer, rows []symbolic.EdgeRow) error {
	note := symbolic.EdgeNote(rows)
	if note == "" {
		return nil
	}
	const width = 79
	line := ""
	for word := range strings.FieldsSeq(note) {
		if len(line)+1+len(word) > width {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
			line = ""
		}
		line += " " + word
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
