package main

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// vocabulary is the functions that a command line chose and defined.
type vocabulary struct {
	set         *library.Set
	user        []*library.Func
	definitions []string // of user, as typed
}

// newVocabulary reads --library and --function. A definition may use the
// functions defined before it.
func newVocabulary(spec string, definitions []string) (*vocabulary, error) {
	v := &vocabulary{definitions: definitions}
	known := library.DefaultSet()
	for _, def := range definitions {
		f, err := symbolic.ParseFunction(def, known)
		if err != nil {
			return nil, fmt.Errorf("--function: %w", err)
		}
		if slices.ContainsFunc(v.user, func(g *library.Func) bool { return g.Name == f.Name }) {
			return nil, fmt.Errorf("--function: %s is defined twice", f.Name)
		}
		v.user = append(v.user, f)
		known = known.With(f)
	}
	v.set = known
	if spec != "" {
		set, err := library.ParseSet(spec, v.user...)
		if err != nil {
			return nil, err
		}
		v.set = set
	}
	return v, nil
}

// reserved tells which names formulas use themselves.
func (v *vocabulary) reserved(name string) bool {
	return symbolic.ReservedName(name) ||
		slices.ContainsFunc(v.user, func(f *library.Func) bool { return f.Name == name })
}

var equation = regexp.MustCompile(`^\s*([\pL_][\pL\p{Nd}_]*)\s*=([^=].*)$`)

// splitEquation separates "y = formula", the form in which results are
// printed, into its sides. left is empty if there is only a formula.
func splitEquation(text string) (left, formula string) {
	if m := equation.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	return "", text
}
