package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// number writes an error or a size to three digits.
func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// r2 writes a coefficient of determination with as many digits as tell it from
// 1, which more digits of a good fit do.
func r2(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case v == 1:
		return "1"
	case v > 0.999:
		// 1-v has two digits left.
		digits := min(2-int(math.Floor(math.Log10(1-v)))-1, 16)
		return strconv.FormatFloat(v, 'f', digits, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

func percent(share float64) string {
	switch p := 100 * share; {
	case p >= 0.01:
		return strconv.FormatFloat(p, 'g', 3, 64) + "%"
	default:
		return strconv.FormatFloat(share, 'g', 2, 64)
	}
}

// withError writes a value to the place of the second digit of its standard
// error, and the error to two digits: 2.3701 ± 0.0012. Without a standard
// error it is the value to full precision.
func withError(v, se float64) string {
	if !(se > 0) || math.IsInf(se, 0) || math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	place := int(math.Floor(math.Log10(se))) - 1
	size := place
	if v != 0 {
		size = int(math.Floor(math.Log10(math.Abs(v))))
	}
	if -place >= 0 && place >= -9 && size >= -5 && size < 9 {
		return fmt.Sprintf("%s ± %s", strconv.FormatFloat(v, 'f', -place, 64), strconv.FormatFloat(se, 'f', -place, 64))
	}
	// Digits down to the place of the error, 17 at most.
	digits := max(0, min(size-place, 16))
	return fmt.Sprintf("%s ± %s", trimExponent(strconv.FormatFloat(v, 'e', digits, 64)),
		trimExponent(strconv.FormatFloat(se, 'e', 1, 64)))
}

// trimExponent drops an exponent of zero.
func trimExponent(s string) string { return strings.TrimSuffix(s, "e+00") }

func joinInts(v []int) string {
	s := make([]string, len(v))
	for i, n := range v {
		s[i] = strconv.Itoa(n)
	}
	return strings.Join(s, ", ")
}

func count(n int, noun string) string { return strconv.Itoa(n) + " " + plural(n, noun) }

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}
