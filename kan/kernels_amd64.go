package kan

import "golang.org/x/sys/cpu"

//go:noescape
func outerAVX2(h *float64, stride int, col *int32, jac *float64, slots, first, rows int)

//go:noescape
func tileAVX2(c *float64, stride int, a, b *float64, depth int)

// addOuter adds to h (row-major, of the given stride) the part of J'J whose
// rows belong to slot first and whose columns belong to that slot and later
// ones. col and jac hold the Jacobian of the given number of rows as
// rowJacobian writes it.
func addOuter(h []float64, stride int, col []int32, jac []float64, slots, first, rows int) {
	if rows > 0 && cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		outerAVX2(&h[0], stride, &col[0], &jac[0], slots, first, rows)
		return
	}
	addOuterGo(h, stride, col, jac, slots, first, rows)
}

// subtractTile subtracts from the 4x8 tile of m (row-major, of the given
// stride) that begins at c the product of the transposed depth x 4 block that
// begins at a and the depth x 8 block that begins at b.
func subtractTile(m []float64, stride, c, a, b, depth int) {
	if depth > 0 && cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		tileAVX2(&m[c], stride, &m[a], &m[b], depth)
		return
	}
	subtractTileGo(m, stride, c, a, b, depth)
}
