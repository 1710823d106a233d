package symbolic

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func drawPolynomial(t *rapid.T, label string) polynomial {
	p := polynomial{}
	for range rapid.IntRange(1, 5).Draw(t, label+" terms") {
		m := make([]byte, maxAtoms)
		for i := range 3 {
			m[i] = byte(rapid.IntRange(0, 3).Draw(t, label))
		}
		p.addTo(string(m), big.NewRat(rapid.Int64Range(-9, 9).Draw(t, label), rapid.Int64Range(1, 4).Draw(t, label)))
	}
	return p
}

// Quotients and remainders give back what was divided, and a product has its
// factors as divisors.
func TestPolynomialDivision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawPolynomial(t, "p"), drawPolynomial(t, "q")
		if len(q) == 0 {
			return
		}
		pq, ok := p.product(q)
		if !ok {
			t.Fatalf("%v times %v is refused", p, q)
		}
		if back, ok := pq.quotient(q); !ok || !back.equal(p) {
			t.Fatalf("(%v * %v) / %v is %v", p, q, q, back)
		}
		for atom := range 3 {
			s, rest, ok := p.divide(q, atom)
			if !ok {
				continue
			}
			sq, fits := s.product(q)
			if !fits || !sq.plus(rest).equal(p) {
				t.Fatalf("%v = %v * %v + %v is not so", p, s, q, rest)
			}
		}
		c, prim := p.primitive()
		if !prim.times(c).equal(p) {
			t.Fatalf("%v is not %v times %v", p, c, prim)
		}
		work := maxWork
		r := &ring{s: &simplifier{}, work: &work, atoms: []*Expr{Var("x"), Var("y"), Var("z")}}
		if e := r.form(p); e != nil {
			back, ok := r.polynomial(r.s.normal(e))
			if !ok || !back.equal(p) {
				t.Fatalf("%v is written %s", p, e)
			}
		}
	})
}

// A polynomial shifted and shifted back is the same.
func TestPolynomialShift(t *testing.T) {
	// (x-3)^4 = x^4-12x^3+54x^2-108x+81
	p := polynomial{}
	for i, c := range []int64{81, -108, 54, -12, 1} {
		p.addTo(monomialOf(0, i), big.NewRat(c, 1))
	}
	for i, c := range p.shifted(0, big.NewRat(3, 1)) {
		want := int64(0)
		if i == 4 {
			want = 1
		}
		if c.Cmp(big.NewRat(want, 1)) != 0 {
			t.Errorf("coefficient %d is %v", i, c)
		}
	}
}
