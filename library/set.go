package library

import (
	"fmt"
	"slices"
	"strings"
)

// Set is an ordered choice of functions for naming curves. Sets are immutable.
type Set struct {
	funcs []*Func
	user  []*Func // known to formulas whether or not they are in funcs
}

// DefaultSet returns the functions that laws of nature are mostly made of. It
// leaves out abs, sign and softplus, which fit kinks of a noisy curve rather
// than laws; "+abs" brings one back.
func DefaultSet() *Set {
	var fs []*Func
	for _, f := range Builtin() {
		switch f.Name {
		case "abs", "sign", "softplus", "cbrt", "asinh":
			continue
		}
		fs = append(fs, f)
	}
	return &Set{funcs: fs}
}

// groups are the sets that ParseSet knows by name.
func group(name string) ([]*Func, bool) {
	switch name {
	case "default":
		return DefaultSet().funcs, true
	case "all":
		return Builtin(), true
	case "polynomial":
		return named("1", "x", "x^2", "x^3", "x^4", "x^5", "x^6"), true
	case "trig":
		return named("1", "x", "sin", "cos", "tan", "asin", "acos", "atan"), true
	}
	return nil, false
}

func named(names ...string) []*Func {
	var fs []*Func
	for _, n := range names {
		f, ok := Lookup(n)
		if !ok {
			panic("library: no built-in function " + n)
		}
		fs = append(fs, f)
	}
	return fs
}

// ParseSet reads a choice of functions: a comma-separated list of sets
// ("default", "polynomial", "trig", "all") and functions ("sin"), each with +
// to add (also the meaning of no sign) or - to take away. A list that starts
// with a signed entry starts from the default set. user functions are added
// and known by name. The constant and x are always in.
func ParseSet(spec string, user ...*Func) (*Set, error) {
	s := &Set{user: slices.Clone(user)}
	for i, entry := range strings.Split(spec, ",") {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			if strings.TrimSpace(spec) == "" {
				s.funcs = DefaultSet().funcs
				break
			}
			return nil, fmt.Errorf("library %q: entry %d is empty", spec, i+1)
		}
		signed := entry[0] == '+' || entry[0] == '-'
		if i == 0 && signed {
			s.funcs = DefaultSet().funcs
		}
		name := strings.TrimSpace(strings.TrimLeft(entry, "+-"))
		fs, ok := group(name)
		if !ok {
			f, found := s.find(name)
			if !found {
				return nil, fmt.Errorf("library %q: no function or set is called %q%s", spec, name, s.hint(name))
			}
			fs = []*Func{f}
		}
		for _, f := range fs {
			if entry[0] == '-' {
				s.funcs = slices.DeleteFunc(s.funcs, func(g *Func) bool { return g.Name == f.Name })
			} else {
				s.funcs = insert(s.funcs, f)
			}
		}
	}
	s.funcs = insert(s.funcs, named("1")[0])
	s.funcs = insert(s.funcs, named("x")[0])
	for _, f := range user {
		s.funcs = insert(s.funcs, f)
	}
	return s, nil
}

func insert(fs []*Func, f *Func) []*Func {
	for i, g := range fs {
		if g.Name == f.Name {
			fs = slices.Clone(fs)
			fs[i] = f
			return fs
		}
	}
	return append(slices.Clip(fs), f)
}

// find looks among user functions, then built-in ones.
func (s *Set) find(name string) (*Func, bool) {
	for _, f := range s.user {
		if f.Name == name {
			return f, true
		}
	}
	return Lookup(name)
}

// Funcs returns the functions of the set in order. The caller must not change
// the slice.
func (s *Set) Funcs() []*Func { return s.funcs }

// Lookup returns the function of the set called name.
func (s *Set) Lookup(name string) (*Func, bool) {
	for _, f := range s.funcs {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// Callable returns the function that a formula calls by name: one of the set,
// a user function, or any built-in one. A nil Set knows the built-in ones.
func (s *Set) Callable(name string) (*Func, bool) {
	if s != nil {
		for _, f := range append(slices.Clip(s.user), s.funcs...) {
			if f.Name == name && f.Callable {
				return f, true
			}
		}
	}
	f, ok := Lookup(name)
	return f, ok && f.Callable
}

// With returns the set with functions added; one of the same name is replaced.
func (s *Set) With(fs ...*Func) *Set {
	n := &Set{funcs: s.funcs, user: slices.Concat(s.user, fs)}
	for _, f := range fs {
		n.funcs = insert(n.funcs, f)
	}
	return n
}

// hint proposes the known name nearest to a misspelt one.
func (s *Set) hint(name string) string {
	var known []string
	for _, f := range append(Builtin(), s.user...) {
		known = append(known, f.Name)
	}
	known = append(known, "default", "polynomial", "trig", "all")
	if n, ok := Nearest(name, known); ok {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	return "; `kansym library` lists them"
}

// Nearest returns the name with the least edit distance to a misspelt one, if
// any is close enough to be what was meant.
func Nearest(name string, known []string) (string, bool) {
	best, least := "", len([]rune(name))/2+1
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// editDistance counts the insertions, deletions and substitutions between two
// strings (Levenshtein 1966).
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range s {
		diagonal := row[0]
		row[0] = i + 1
		for j, d := range t {
			cost := diagonal
			if c != d {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(t)]
}
