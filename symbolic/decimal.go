package symbolic

import "math"

// ratioStyle is how a fraction is written.
type ratioStyle uint8

const (
	styleFraction ratioStyle = iota // 2/3
	styleDecimal                    // 5/2 as 2.5
	styleOver                       // 500/4157 as 1/8.314
)

// ratioStyleOf returns how p/q is written as a factor: as one decimal where that
// is short, unless it is an integer above or below what it multiplies.
func ratioStyleOf(p, q int64) ratioStyle {
	const measured = 100 // 8/3 is not written 1/0.375
	switch {
	case q == 1 || p == 1 || p == -1:
		return styleFraction
	case isDecimal(p, q):
		return styleDecimal
	case q >= measured && p > 0 && isDecimal(q, p), q >= measured && p < 0 && isDecimal(q, -p):
		return styleOver
	}
	return styleFraction
}

// isDecimal reports whether the fraction p/q, q > 1, in lowest terms, is written
// as a decimal where it stands by itself: one of at most six digits, and no more
// than p and q have.
func isDecimal(p, q int64) bool {
	const most = 1_000_000
	digits := decimalLength(q)
	if q <= 1 || q > 1<<53 || p == 0 || p >= most || p <= -most {
		return false
	}
	twos, fives := 0, 0
	for q%2 == 0 {
		q /= 2
		twos++
	}
	for q%5 == 0 {
		q /= 5
		fives++
	}
	if q != 1 {
		return false
	}
	decimal := math.Abs(float64(p))
	for range max(twos-fives, 0) {
		decimal *= 5
	}
	for range max(fives-twos, 0) {
		decimal *= 2
	}
	return decimal < most && decimalLength(int64(decimal)) <= decimalLength(p)+digits
}

// decimalLength is the number of digits of n.
func decimalLength(n int64) int {
	digits := 1
	for ; n > 9 || n < -9; n /= 10 {
		digits++
	}
	return digits
}

// rationalValueBits is the length of a fraction: of numerator and denominator, or
// of the decimal that it, or one over it, is.
func rationalValueBits(p, q int64) float64 {
	bits := rationalBits(p, q)
	if q == 1 {
		return bits
	}
	if isDecimal(p, q) {
		bits = min(bits, numeralBits(float64(p)/float64(q)))
	}
	if abs := max(p, -p); abs > 1 && isDecimal(q, abs) {
		// One bit tells it from the decimal itself.
		bits = min(bits, 1+numeralBits(float64(q)/float64(abs)))
	}
	return bits
}
