package fit

import (
	"slices"
	"strings"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// structure says in words how the inputs enter a formula: which it does without,
// whether it falls into parts that share no input, and which inputs it uses
// only in one combination.
//
// Of a law these are facts about the target; of a formula that only follows the data
// they are its own, and worded so.
func structure(e *symbolic.Expr, inputs []string, law bool) []string {
	subject, in := "the target", ""
	if !law {
		subject, in = "the formula", "in the formula "
	}
	var out []string
	if parts := separate(e, symbolic.KindAdd); len(parts) > 1 {
		out = append(out, subject+" is a sum of "+functionsOf(parts, inputs))
	} else if parts := separate(e, symbolic.KindMul); len(parts) > 1 {
		out = append(out, subject+" is a product of "+functionsOf(parts, inputs))
	}
	for _, c := range combinations(e, inputs) {
		out = append(out, in+c)
	}

	used := e.Vars()
	var unused []string
	for _, n := range inputs {
		if !slices.Contains(used, n) {
			unused = append(unused, n)
		}
	}
	switch len(unused) {
	case 0:
	case 1:
		out = append(out, unused[0]+" is not used by the formula")
	default:
		out = append(out, enumerate(unused)+" are not used by the formula")
	}
	return out
}

// separate groups the terms (or factors) of e by the variables they share and
// returns the variables of each group.
func separate(e *symbolic.Expr, kind symbolic.Kind) [][]string {
	if e.Kind() != kind {
		return nil
	}
	var groups [][]string
	for _, a := range e.Args() {
		vars := a.Vars()
		if len(vars) == 0 {
			continue
		}
		rest := groups[:0]
		for _, g := range groups {
			if slices.ContainsFunc(g, func(n string) bool { return slices.Contains(vars, n) }) {
				for _, n := range g {
					if !slices.Contains(vars, n) {
						vars = append(vars, n)
					}
				}
			} else {
				rest = append(rest, g)
			}
		}
		groups = append(rest, vars)
	}
	return groups
}

// functionsOf describes groups of variables: "functions of a, b and of c and d".
func functionsOf(groups [][]string, inputs []string) string {
	for _, g := range groups {
		slices.SortFunc(g, func(a, b string) int { return slices.Index(inputs, a) - slices.Index(inputs, b) })
	}
	slices.SortFunc(groups, func(a, b []string) int {
		return slices.Index(inputs, a[0]) - slices.Index(inputs, b[0])
	})
	single := true
	var names []string
	for _, g := range groups {
		single = single && len(g) == 1
		names = append(names, "one of "+enumerate(g))
	}
	if single {
		var all []string
		for _, g := range groups {
			all = append(all, g[0])
		}
		return "functions of one input each: " + enumerate(all)
	}
	return "functions that share no input: " + enumerate(names)
}

// combinations finds the smallest parts of e that hold two or more variables
// which occur nowhere else.
func combinations(e *symbolic.Expr, inputs []string) []string {
	total := occurrences(e)
	var out []string
	var visit func(n *symbolic.Expr, top bool) bool
	// visit reports whether n or a part of it was mentioned.
	visit = func(n *symbolic.Expr, top bool) bool {
		below := false
		for _, a := range n.Args() {
			if visit(a, false) {
				below = true
			}
		}
		vars := n.Vars()
		if below || top || len(vars) < 2 {
			return below
		}
		for v, k := range occurrences(n) {
			if total[v] != k {
				return false
			}
		}
		slices.SortFunc(vars, func(a, b string) int { return slices.Index(inputs, a) - slices.Index(inputs, b) })
		// A long combination says no more than the formula.
		const longest = 9
		b := bare(n)
		if b.Complexity() > longest || len(b.FreeValues()) > 0 {
			return true
		}
		out = append(out, enumerate(vars)+" enter only as "+b.Format(library.LangExpr))
		return true
	}
	visit(e, true)
	return out
}

// bare is e without constant factors: that exp(-r*t) depends on -r*t says no more
// than that it depends on r*t.
func bare(e *symbolic.Expr) *symbolic.Expr {
	if e.Kind() == symbolic.KindMul {
		var factors []*symbolic.Expr
		for _, a := range e.Args() {
			if !a.IsConst() {
				factors = append(factors, a)
			}
		}
		return turned(symbolic.Mul(factors...))
	}
	return turned(e)
}

// turned turns a sum around that would begin with a minus sign.
func turned(e *symbolic.Expr) *symbolic.Expr {
	if e.Kind() != symbolic.KindAdd || !strings.HasPrefix(e.Format(library.LangExpr), "-") {
		return e
	}
	terms := make([]*symbolic.Expr, len(e.Args()))
	for i, a := range e.Args() {
		terms[i] = symbolic.Simplify(symbolic.Neg(a), symbolic.SimplifyOptions{})
	}
	return symbolic.Add(terms...)
}

func occurrences(e *symbolic.Expr) map[string]int {
	count := map[string]int{}
	e.Walk(func(n *symbolic.Expr) bool {
		if n.Kind() == symbolic.KindVar {
			count[n.Name()]++
		}
		return true
	})
	return count
}

// enumerate joins names as in a sentence.
func enumerate(names []string) string {
	out := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			out += " and "
		default:
			out += ", "
		}
		out += n
	}
	return out
}
