package table

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Cell is what a field of the file holds.
type Cell uint8

// What a field can hold.
const (
	CellNumber Cell = iota // a finite number
	CellEmpty              // nothing, or a word for nothing: NA, null, None
	CellNaN                // NaN
	CellInf                // an infinity
	CellText               // anything else
)

// ParseCell reads a field. The number is 0 unless the cell is CellNumber. It
// allocates nothing.
func ParseCell(field []byte) (float64, Cell) {
	field = bytes.TrimSpace(field)
	if len(field) == 0 {
		return 0, CellEmpty
	}
	// Hexadecimal and digits in groups are Go's, not a table's.
	if c := field[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if bytes.IndexByte(field, '_') < 0 && !bytes.ContainsAny(field, "xXpP") {
			v, err := strconv.ParseFloat(string(field), 64)
			if err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
				return v, CellNumber
			}
		}
	}
	return 0, missingWord(field)
}

// missingWord tells words for a missing number from other text.
func missingWord(field []byte) Cell {
	if len(field) > 9 {
		return CellText
	}
	var low [9]byte
	for i, c := range field {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	switch string(low[:len(field)]) {
	case "na", "n/a", "#n/a", "null", "none", "nil", "-", "--", "?", ".", "missing":
		return CellEmpty
	case "nan", "+nan", "-nan", "1.#qnan", "-1.#ind":
		return CellNaN
	case "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "1.#inf", "-1.#inf":
		return CellInf
	}
	return CellText
}

// diagnose says what is wrong with a text that should be a number, and what to
// do. sep is the separator of the file. word tells that the text was not meant to
// be a number.
func diagnose(field []byte, sep byte) (problem, hint string, word bool) {
	text := strings.TrimSpace(string(field))
	quoted := strconv.Quote(shorten([]byte(text)))
	switch {
	case digitGroups(text, ','):
		// 1,234 may be either.
		if strings.Count(text, ",") == 1 && !strings.Contains(text, ".") {
			return quoted + " is not a number: it has a decimal comma or a thousands separator",
				"write it with a decimal point and no thousands separator (1234.5)", false
		}
		return quoted + " has thousands separators", "write it without them (1234567.8)", false
	case isNumber(strings.Replace(text, ",", ".", 1)):
		hint := "write decimal points, for instance with: tr , . <FILE"
		if sep == ',' {
			hint = "write decimal points (1.5)"
		}
		return quoted + " has a decimal comma", hint, false
	case digitGroups(text, '.') && strings.Contains(text, ","):
		return quoted + " has thousands separators and a decimal comma", "write it as 1234567.8", false
	case digitGroups(text, ' '), digitGroups(text, '\''), digitGroups(text, '_'),
		digitGroups(text, '\u00a0'), digitGroups(text, '\u202f'), digitGroups(text, '\u2019'):
		return quoted + " has thousands separators", "write it without them (1234567.8)", false
	case strings.HasSuffix(text, "%") && isNumber(strings.TrimSpace(strings.TrimSuffix(text, "%"))):
		return quoted + " has a percent sign", "write the number alone", false
	case strings.HasPrefix(text, "\u2212") && isNumber(strings.TrimPrefix(text, "\u2212")):
		return quoted + " has a typographic minus sign", "write a hyphen-minus (-)", false
	case isNumber(strings.NewReplacer("D", "e", "d", "e").Replace(text)):
		return quoted + " has a Fortran exponent", "write e in place of D", false
	case isTruth(text):
		return quoted + " is no number", "write 1 for what is true and 0 for what is not", true
	case isDate(text):
		return quoted + " is a date or a time", "write a number, such as the days or seconds since the first", true
	case strings.HasPrefix(text, "="):
		return quoted + " is a formula of a spreadsheet", "save the values of the cells", false
	case outOfRange(text):
		return quoted + " is too large for a 64-bit floating-point number", "use larger units", false
	}
	return quoted + " is not a number", correct, true
}

// correct is the hint for a text that is nothing like a number.
const correct = "correct it"

func isNumber(text string) bool {
	_, cell := ParseCell([]byte(text))
	return cell == CellNumber
}

// isTruth reports whether text is a word for true or false.
func isTruth(text string) bool {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off":
		return true
	}
	return false
}

// isDate reports whether text is three numbers joined by -, / or ., or two or three
// joined by colons, the beginning of a date or a time.
func isDate(text string) bool {
	return dates.MatchString(text)
}

var dates = regexp.MustCompile(`^([0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|[0-9]{1,2}:[0-9]{2})($|[T :.])`)

func outOfRange(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err != nil && strings.HasSuffix(err.Error(), strconv.ErrRange.Error())
}

// digitGroups reports whether text is a number whose whole part is written in
// groups of three digits joined by sep, like 1,234,567.8.
func digitGroups(text string, sep rune) bool {
	text = strings.TrimLeft(text, "+-")
	if sep != '.' {
		text, _, _ = strings.Cut(text, ".")
	} else {
		text, _, _ = strings.Cut(text, ",")
	}
	groups := strings.Split(text, string(sep))
	if len(groups) < 2 {
		return false
	}
	for i, g := range groups {
		if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) || strings.Trim(g, "0123456789") != "" {
			return false
		}
	}
	return true
}

// looksNumeric reports whether a field is meant as a number or a missing one,
// decimal commas included.
func looksNumeric(field []byte) bool {
	if _, cell := ParseCell(field); cell != CellText {
		return true
	}
	if !utf8.Valid(field) || bytes.Count(field, []byte{','}) != 1 {
		return false
	}
	return isNumber(strings.Replace(string(bytes.TrimSpace(field)), ",", ".", 1))
}
