package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/kansym/kansym/symbolic"
)

// number writes an error or a size to three digits.
func number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "-"
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// r2 writes a coefficient of determination; 0 has no sign.
func r2(v float64) string {
	if math.Abs(v) < 0.00005 {
		v = 0
	}
	return symbolic.TableR2(v)
}

func percent(share float64) string {
	switch p := 100 * share; {
	case p >= 0.01:
		return strconv.FormatFloat(p, 'g', 3, 64) + "%"
	default:
		return strconv.FormatFloat(share, 'g', 2, 64)
	}
}

// duration writes seconds to a tenth, and short ones to two digits.
func duration(seconds float64) string {
	if seconds < 1 {
		return strconv.FormatFloat(seconds, 'g', 2, 64)
	}
	return strconv.FormatFloat(seconds, 'f', 1, 64)
}

var decimal = regexp.MustCompile(`[0-9]+\.[0-9]+(e[-+]?[0-9]+)?`)

// brief is a formula with its decimals cut to 6 digits.
func brief(formula string) string {
	return decimal.ReplaceAllStringFunc(formula, func(number string) string {
		const short = 7 // 6 digits and a point
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || len(number) <= short {
			return number
		}
		return strconv.FormatFloat(v, 'g', 6, 64)
	})
}

// withError writes a value to the place of the second digit of its standard
// error, and the error to two digits: 2.3701 ± 0.0012. Without a standard
// error it is the value to full precision.
func withError(v, se float64) string {
	shortest := strconv.FormatFloat(v, 'g', -1, 64)
	switch {
	case !(se > 0) || math.IsInf(se, 0) || math.IsNaN(v) || math.IsInf(v, 0):
		return shortest
	case se < 1e-14*math.Abs(v):
		// The error is the rounding of the value, and its digits are all there.
		return shortest + " ± " + strconv.FormatFloat(se, 'g', 2, 64)
	}
	// Powers of ten of the last and of the first digit.
	place := exponent10(se) - 1
	size := place + 1
	if v != 0 {
		size = max(size, exponent10(v))
	}
	digits := size - place
	if size < -290 { // where numbers have fewer digits
		return fmt.Sprintf("%.3g ± %.2g", v, se)
	}
	if size < -5 || size >= 9 || place > 0 && size >= 7 {
		mantissa := strconv.FormatFloat(v*math.Pow10(-size), 'f', digits, 64)
		if digits > 6 {
			return fmt.Sprintf("%se%+03d ± %.2g", mantissa, size, se)
		}
		return fmt.Sprintf("(%s ± %.*f)e%+03d", mantissa, digits, se*math.Pow10(-size), size)
	}
	if place > 0 {
		unit := math.Pow10(place)
		v, se, place = math.Round(v/unit)*unit, math.Round(se/unit)*unit, 0
	}
	value := strconv.FormatFloat(v, 'f', -place, 64)
	if place < -7 {
		return value + " ± " + strconv.FormatFloat(se, 'g', 2, 64)
	}
	return value + " ± " + strconv.FormatFloat(se, 'f', -place, 64)
}

// exponent10 is the exponent of v in scientific notation to two digits.
func exponent10(v float64) int {
	_, e, _ := strings.Cut(strconv.FormatFloat(v, 'e', 1, 64), "e")
	n, err := strconv.Atoi(e)
	if err != nil {
		return 0 // v is not finite
	}
	return n
}

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

// joinWords lists words: a, b and c.
func joinWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
