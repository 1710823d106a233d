package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/kansym/kansym/symbolic"
)

// textWidth is the width of running text.
const textWidth = 80

// textWriter writes lines and tables and remembers the first error.
type textWriter struct {
	w   io.Writer
	err error
}

func (t *textWriter) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format+"\n", args...)
	}
}

func (t *textWriter) call(f func(io.Writer) error) {
	if t.err == nil {
		t.err = f(t.w)
	}
}

func (t *textWriter) table(header []string, rows [][]string, align string) {
	t.call(func(w io.Writer) error {
		return symbolic.WriteTable(w, symbolic.TablePlain, header, rows, align)
	})
}

// wrapped writes a sentence over as many lines as it takes.
func (t *textWriter) wrapped(text string) {
	for _, l := range wrapText(text, textWidth) {
		t.line("%s", l)
	}
}

func (t *textWriter) done() error {
	if t.err != nil {
		return fmt.Errorf("cannot write to standard output: %w", t.err)
	}
	return nil
}

// wrapText breaks text at blanks into lines of at most width characters; longer
// words stand alone. Line ends of the text stay.
func wrapText(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line, length := "", 0
		for word := range strings.FieldsSeq(paragraph) {
			n := len([]rune(word))
			if length > 0 && length+1+n > width {
				lines = append(lines, line)
				line, length = "", 0
			}
			if length > 0 {
				line, length = line+" ", length+1
			}
			line, length = line+word, length+n
		}
		lines = append(lines, line)
	}
	return lines
}
