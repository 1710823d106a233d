package levmar

import "golang.org/x/sys/cpu"

//go:noescape
func tileAVX2(c *float64, stride int, a, b *float64, depth int)

// SubtractTile is subtractTileGo, in assembly for processors with AVX2 and FMA.
// The two differ by rounding.
func SubtractTile(m []float64, stride, c, a, b, depth int) {
	if depth > 0 && cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		tileAVX2(&m[c], stride, &m[a], &m[b], depth)
		return
	}
	subtractTileGo(m, stride, c, a, b, depth)
}
