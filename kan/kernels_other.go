//go:build !amd64

package kan

func addOuter(h []float64, stride int, col []int32, jac []float64, slots, first, rows int) {
	addOuterGo(h, stride, col, jac, slots, first, rows)
}

func gather(u, factor, v []float64, idx []int32, bas []float64, off, at []int32) {
	gatherGo(u, factor, v, idx, bas, off, at)
}

func scatter(dst, factor, u []float64, idx []int32, bas []float64, off, at []int32) {
	scatterGo(dst, factor, u, idx, bas, off, at)
}
