package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// textColumns is the width of running text.
const textColumns = 80

// writeItem writes an item of a list, broken at blanks into lines of at most width
// characters; 0 writes one line. Longer words stand alone.
func writeItem(w io.Writer, text string, width int) {
	const mark, indent = "  - ", "    "
	if width <= 0 {
		fmt.Fprintf(w, "%s%s\n", mark, text)
		return
	}
	line, length := mark, len(mark)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0 || length == len(indent):
		case length+1+n > width:
			fmt.Fprintln(w, line)
			line, length = indent, len(indent)
		default:
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	fmt.Fprintln(w, line)
}

// itemWidth is the width of the items of lists: whole lines, which are easier to
// search, but for a terminal.
func itemWidth(terminal int) int {
	if terminal <= 0 {
		return 0
	}
	return max(min(terminal, textColumns), 40)
}
