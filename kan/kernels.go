package kan

// addOuterGo adds to h (row-major, of the given stride) the part of J'J whose
// rows belong to slot first and whose columns belong to that slot and later
// ones. col and jac hold the Jacobian of the given number of rows as
// rowJacobian writes it.
func addOuterGo(h []float64, stride int, col []int32, jac []float64, slots, first, rows int) {
	for r := range rows {
		col := col[r*slots+first : (r+1)*slots]
		jac := jac[4*(r*slots+first) : 4*(r+1)*slots]
		a0, a1, a2, a3 := jac[0], jac[1], jac[2], jac[3]
		base := int(col[0]) * stride
		h0, h1, h2, h3 := h[base:], h[base+stride:], h[base+2*stride:], h[base+3*stride:]
		for k, at := range col {
			j := (*[4]float64)(jac[4*k:])
			p0 := (*[4]float64)(h0[at:])
			p1 := (*[4]float64)(h1[at:])
			p2 := (*[4]float64)(h2[at:])
			p3 := (*[4]float64)(h3[at:])
			p0[0] += a0 * j[0]
			p0[1] += a0 * j[1]
			p0[2] += a0 * j[2]
			p0[3] += a0 * j[3]
			p1[0] += a1 * j[0]
			p1[1] += a1 * j[1]
			p1[2] += a1 * j[2]
			p1[3] += a1 * j[3]
			p2[0] += a2 * j[0]
			p2[1] += a2 * j[1]
			p2[2] += a2 * j[2]
			p2[3] += a2 * j[3]
			p3[0] += a3 * j[0]
			p3[1] += a3 * j[1]
			p3[2] += a3 * j[2]
			p3[3] += a3 * j[3]
		}
	}
}

// gatherGo multiplies the Jacobian of edges that share a basis by v: for each
// row r it adds to u[r] the sum over edges k of factor[at[k]+r] times the
// spline whose coefficients begin at v[off[k]], evaluated by the basis.
func gatherGo(u, factor, v []float64, idx []int32, bas []float64, off, at []int32) {
	for r := range u {
		var a0, a1, a2, a3 float64
		i := int(idx[r])
		for k, o := range off {
			f := factor[int(at[k])+r]
			s := (*[4]float64)(v[int(o)+i:])
			a0 += f * s[0]
			a1 += f * s[1]
			a2 += f * s[2]
			a3 += f * s[3]
		}
		b := (*[4]float64)(bas[4*r:])
		u[r] += (a0*b[0] + a1*b[1]) + (a2*b[2] + a3*b[3])
	}
}

// scatterGo multiplies the transposed Jacobian of edges that share a basis by
// u and adds the result to dst.
func scatterGo(dst, factor, u []float64, idx []int32, bas []float64, off, at []int32) {
	for r, v := range u {
		b := (*[4]float64)(bas[4*r:])
		b0, b1, b2, b3 := v*b[0], v*b[1], v*b[2], v*b[3]
		i := int(idx[r])
		for k, o := range off {
			f := factor[int(at[k])+r]
			d := (*[4]float64)(dst[int(o)+i:])
			d[0] += f * b0
			d[1] += f * b1
			d[2] += f * b2
			d[3] += f * b3
		}
	}
}
