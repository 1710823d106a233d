package kan

import "golang.org/x/sys/cpu"

// The kernels exist twice: here in assembly for processors with AVX2 and FMA,
// and in kernels.go in plain Go for all others. The two differ by rounding.

//go:noescape
func outerAVX2(h *float64, stride int, col *int32, jac *float64, slots, first, rows int)

//go:noescape
func gatherAVX2(u, factor, v *float64, idx *int32, bas *float64, off, at *int32, edges, rows int)

//go:noescape
func scatterAVX2(dst, factor, u *float64, idx *int32, bas *float64, off, at *int32, edges, rows int)

func hasVectors() bool { return cpu.X86.HasAVX2 && cpu.X86.HasFMA }

func addOuter(h []float64, stride int, col []int32, jac []float64, slots, first, rows int) {
	if rows > 0 && hasVectors() {
		outerAVX2(&h[0], stride, &col[0], &jac[0], slots, first, rows)
		return
	}
	addOuterGo(h, stride, col, jac, slots, first, rows)
}

func gather(u, factor, v []float64, idx []int32, bas []float64, off, at []int32) {
	if len(u) > 0 && len(off) > 0 && hasVectors() {
		gatherAVX2(&u[0], &factor[0], &v[0], &idx[0], &bas[0], &off[0], &at[0], len(off), len(u))
		return
	}
	gatherGo(u, factor, v, idx, bas, off, at)
}

func scatter(dst, factor, u []float64, idx []int32, bas []float64, off, at []int32) {
	if len(u) > 0 && len(off) > 0 && hasVectors() {
		scatterAVX2(&dst[0], &factor[0], &u[0], &idx[0], &bas[0], &off[0], &at[0], len(off), len(u))
		return
	}
	scatterGo(dst, factor, u, idx, bas, off, at)
}
