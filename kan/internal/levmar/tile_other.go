//go:build !amd64

package levmar

// SubtractTile is subtractTileGo.
func SubtractTile(m []float64, stride, c, a, b, depth int) {
	subtractTileGo(m, stride, c, a, b, depth)
}
