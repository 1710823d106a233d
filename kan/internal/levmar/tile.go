package levmar

// subtractTileGo subtracts from the 4x8 tile of m (row-major, of the given
// stride) that begins at c the product of the transposed depth x 4 block that
// begins at a and the depth x 8 block that begins at b.
func subtractTileGo(m []float64, stride, c, a, b, depth int) {
	// Two columns at a time: eight sums and their six factors fit into
	// registers.
	for j := 0; j < 8; j += 2 {
		var s00, s01, s10, s11, s20, s21, s30, s31 float64
		for k := range depth {
			x := (*[4]float64)(m[a+k*stride:])
			y := (*[2]float64)(m[b+k*stride+j:])
			y0, y1 := y[0], y[1]
			s00 += x[0] * y0
			s01 += x[0] * y1
			s10 += x[1] * y0
			s11 += x[1] * y1
			s20 += x[2] * y0
			s21 += x[2] * y1
			s30 += x[3] * y0
			s31 += x[3] * y1
		}
		at := c + j
		m[at] -= s00
		m[at+1] -= s01
		m[at+stride] -= s10
		m[at+stride+1] -= s11
		m[at+2*stride] -= s20
		m[at+2*stride+1] -= s21
		m[at+3*stride] -= s30
		m[at+3*stride+1] -= s31
	}
}
