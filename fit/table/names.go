package table

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// spelled gives words for characters that carry meaning in the name of a
// quantity and cannot stand in an identifier.
var spelled = map[rune]string{
	'%': "percent", '°': "deg", '\'': "prime", '′': "prime", '″': "prime2",
	'²': "2", '³': "3", '¹': "1", '⁰': "0", '⁴': "4", '⁵': "5", '⁶': "6", '⁷': "7", '⁸': "8", '⁹': "9",
	'₀': "0", '₁': "1", '₂': "2", '₃': "3", '₄': "4", '₅': "5", '₆': "6", '₇': "7", '₈': "8", '₉': "9",
	'∞': "inf", '℃': "degC", '℉': "degF",
}

// Identifier returns the identifier that formulas use for a column: letters,
// digits and underscores that begin with a letter or an underscore, other
// characters spelled out or replaced by underscores. Letters of any script
// stay, so that θ is θ. It is empty if the name has nothing to make an
// identifier of.
func Identifier(column string) string {
	var b strings.Builder
	gap := false
	put := func(s string) {
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteString(s)
	}
	for _, r := range column {
		switch {
		case r == '_':
			// Written underscores stay where they are, several in a row too.
			gap = false
			b.WriteByte('_')
		case unicode.IsLetter(r), r >= '0' && r <= '9':
			put(string(r))
		case unicode.IsDigit(r):
			put(strconv.Itoa(digitValue(r)))
		case spelled[r] != "":
			put(spelled[r])
		case unicode.Is(unicode.Mn, r):
			// An accent written as a character of its own.
		default:
			gap = true
		}
	}
	name := b.String()
	if strings.Trim(name, "_") == "" {
		return ""
	}
	if name[0] >= '0' && name[0] <= '9' {
		name = "x_" + name
	}
	return name
}

// digitValue returns the value of a decimal digit of any script; the digits of
// each script are ten consecutive code points.
func digitValue(r rune) int {
	v := 0
	for v < 9 && unicode.IsDigit(r-rune(v)-1) {
		v++
	}
	return v
}

// identifiers returns one identifier for each column, all different and none
// of them reserved. Columns that are identifiers already keep their names,
// whatever comes before them.
func identifiers(columns []string, reserved func(string) bool) []string {
	names := make([]string, len(columns))
	taken := make(map[string]bool, len(columns))
	free := func(name string) bool { return !taken[name] && !reserved(name) }
	for i, c := range columns {
		if c != "" && Identifier(c) == c && free(c) {
			names[i] = c
			taken[c] = true
		}
	}
	next := map[string]int{} // the number to try next for a name that is taken
	for i, c := range columns {
		if names[i] != "" {
			continue
		}
		base := Identifier(c)
		name := base
		switch {
		case base == "":
			base = "column_" + strconv.Itoa(i+1)
			name = base
		case reserved(base):
			name = base + "_"
		}
		for k := max(2, next[base]); !free(name); k++ {
			name = base + "_" + strconv.Itoa(k)
			next[base] = k + 1
		}
		names[i] = name
		taken[name] = true
	}
	return names
}

// warnRenamed says which columns formulas call by another name, and why when
// the name is an identifier already.
func (t *Table) warnRenamed(reserved func(string) bool) {
	const most = 20
	renamed := 0
	for i, c := range t.Columns {
		name := t.Names[i]
		if name == c {
			continue
		}
		renamed++
		if renamed > most {
			continue
		}
		why := ""
		if id := Identifier(c); id != "" && reserved(id) {
			why = " because formulas use " + id + " themselves"
		}
		t.Warnings = append(t.Warnings, fmt.Sprintf("column %q is called %s in formulas%s", c, name, why))
	}
	if renamed > most {
		t.Warnings = append(t.Warnings, fmt.Sprintf("%s more are called otherwise in formulas", count(renamed-most, "column")))
	}
}
