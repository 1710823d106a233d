package table

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says why data could not be read, where, and what to do.
type Error struct {
	Source  string // the file's name
	Line    int    // line as an editor numbers it, from 1; 0 if it concerns the file
	Column  string // header of the column, empty if it concerns the whole line
	Problem string // what is wrong, with the offending text
	Hint    string // what to do next, may be empty
	Err     error  // cause, may be nil
}

// Error returns "file:line: column "name": problem; hint".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Source)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Column != "" {
		fmt.Fprintf(&b, "column %q: ", e.Column)
	}
	b.WriteString(e.Problem)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "; %s", e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// shorten returns text fit for a message: at most 40 characters.
func shorten(text []byte) string {
	const limit = 40
	if len(text) <= limit {
		return string(text)
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return string(text[:cut]) + "..."
}

func count(n int, noun string) string { return fmt.Sprintf("%d %s", n, plural(n, noun)) }

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// abbreviate lists at most limit names.
func abbreviate(names []string, limit int) string {
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
}
