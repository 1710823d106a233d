package library

// Contains reports whether the function is real and finite at x.
func (d Domain) Contains(x float64) bool {
	switch {
	case x != x, x < d.Lo, x > d.Hi, x == d.Lo && d.LoOpen, x == d.Hi && d.HiOpen:
		return false
	}
	return d.Poles == nil || len(d.Poles(x, x)) == 0
}

// Covers reports whether the function is real and finite on all of [lo, hi].
func (d Domain) Covers(lo, hi float64) bool {
	return lo <= hi && d.Contains(lo) && d.Contains(hi) && (d.Poles == nil || len(d.Poles(lo, hi)) == 0)
}
