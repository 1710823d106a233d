package library

import (
	"fmt"
	"slices"
	"strings"
)

// Set is an ordered choice of functions with which curves are named, and the
// source of the functions that formulas may call: those of the set and every
// built-in callable. The zero value is the empty set. A Set is not changed
// after it was made and may be shared.
type Set struct {
	funcs []*Func
}

// setNames are the sets that ParseSet knows by name.
var setNames = []string{"default", "polynomial", "trig", "all"}

// DefaultSet returns the set used unless the user asks for another: all
// built-in functions except the circle shapes sqrt(1+x^2), sqrt(1-x^2) and
// 1/sqrt(1-x^2), which compositions of the others give as well.
func DefaultSet() *Set { return namedSet("default") }

func namedSet(name string) *Set {
	var keep func(f *Func) bool
	switch name {
	case "all":
		keep = func(*Func) bool { return true }
	case "polynomial":
		keep = func(f *Func) bool {
			return f.Name == "1" || (f.IsPower && f.Exponent > 0 && f.Exponent == float64(int(f.Exponent)))
		}
	case "trig":
		names := []string{"1", "x", "sin", "cos", "tan", "asin", "acos", "atan"}
		keep = func(f *Func) bool { return slices.Contains(names, f.Name) }
	default:
		names := []string{"sqrt(1+x^2)", "sqrt(1-x^2)", "1/sqrt(1-x^2)"}
		keep = func(f *Func) bool { return !slices.Contains(names, f.Name) }
	}
	s := &Set{}
	for _, f := range builtin.list {
		if keep(f) {
			s.funcs = append(s.funcs, f)
		}
	}
	return s
}

// ParseSet reads a choice of functions: a comma-separated list of set names
// ("default", "polynomial", "trig", "all"), function names, +name and -name
// (a function or a set), taken from left to right. When the list starts with +
// or -, or is empty, it starts from the default set. User functions are
// members of every set unless -name takes them out, and may be named in the
// list; they go before built-in functions of the same name. "x^p" allows powers
// with any real exponent.
//
// The error names the unknown function and the nearest known ones.
func ParseSet(spec string, user ...*Func) (*Set, error) {
	s := (&Set{}).With(user...)
	started := false
	for _, item := range strings.Split(spec, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		remove := strings.HasPrefix(item, "-")
		signed := remove || strings.HasPrefix(item, "+")
		name := item
		if signed {
			name = strings.TrimSpace(item[1:])
		}
		if signed && !started {
			s = s.With(namedSet("default").funcs...)
		}
		started = true
		funcs, err := findFuncs(name, user)
		if err != nil {
			return nil, err
		}
		if remove {
			s = s.without(funcs)
		} else {
			s = s.With(funcs...)
		}
	}
	if !started {
		s = s.With(namedSet("default").funcs...)
	}
	if len(s.funcs) == 0 {
		return nil, fmt.Errorf("library: %q leaves no function", spec)
	}
	return s, nil
}

func findFuncs(name string, user []*Func) ([]*Func, error) {
	for _, f := range user {
		if f.Name == name {
			return []*Func{f}, nil
		}
	}
	if slices.Contains(setNames, name) {
		return namedSet(name).funcs, nil
	}
	if f, ok := Lookup(name); ok {
		return []*Func{f}, nil
	}
	known := slices.Clone(setNames)
	for _, f := range user {
		known = append(known, f.Name)
	}
	for _, f := range builtin.list {
		known = append(known, f.Name)
	}
	for other := range otherNames {
		known = append(known, other)
	}
	slices.Sort(known)
	hint := "sets are " + strings.Join(setNames, ", ") + "; functions are sin, x^2, 1/x, ..."
	if near := Nearest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, fmt.Errorf("library: there is no function or set %q; %s", name, hint)
}

// Funcs returns the members in their order. The slice is the caller's.
func (s *Set) Funcs() []*Func { return slices.Clone(s.funcs) }

// Names returns the names of the members in their order.
func (s *Set) Names() []string {
	names := make([]string, len(s.funcs))
	for i, f := range s.funcs {
		names[i] = f.Name
	}
	return names
}

// Len returns the number of members.
func (s *Set) Len() int { return len(s.funcs) }

// Lookup returns the member of that name; other spellings that the function
// Lookup knows are understood.
func (s *Set) Lookup(name string) (*Func, bool) {
	if f, ok := s.member(name); ok {
		return f, true
	}
	if f, ok := Lookup(name); ok {
		return s.member(f.Name)
	}
	return nil, false
}

func (s *Set) member(name string) (*Func, bool) {
	for _, f := range s.funcs {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// With returns the set with the functions added at the end. A function of a
// name that is already there replaces it only if it is another function.
func (s *Set) With(funcs ...*Func) *Set {
	out := &Set{funcs: slices.Clone(s.funcs)}
	for _, f := range funcs {
		i := slices.IndexFunc(out.funcs, func(g *Func) bool { return g.Name == f.Name })
		switch {
		case i < 0:
			out.funcs = append(out.funcs, f)
		case builtin.byName[f.Name] != f:
			out.funcs[i] = f
		}
	}
	return out
}

func (s *Set) without(funcs []*Func) *Set {
	out := &Set{}
	for _, f := range s.funcs {
		if !slices.ContainsFunc(funcs, func(g *Func) bool { return g.Name == f.Name }) {
			out.funcs = append(out.funcs, f)
		}
	}
	return out
}

// RealPowers reports whether exponents may be fitted: whether "x^p" is a
// member.
func (s *Set) RealPowers() bool {
	_, ok := s.member(RealPowerName)
	return ok
}

// Callable returns the function that formulas call by that name: a callable
// member of the set, or else a built-in callable or an alias of one ("ln"). A
// nil set knows the built-in functions.
func (s *Set) Callable(name string) (*Func, bool) {
	if s != nil {
		if f, ok := s.member(name); ok && f.Callable {
			return f, true
		}
	}
	if a, ok := callAliases[name]; ok {
		name = a
	}
	if f, ok := builtin.byName[name]; ok && f.Callable {
		return f, true
	}
	return nil, false
}

// Callables returns every function that formulas can call with this set: its
// own callable members, then the built-in ones. A nil set has the built-in
// functions.
func (s *Set) Callables() []*Func {
	var out []*Func
	if s != nil {
		for _, f := range s.funcs {
			if f.Callable && builtin.byName[f.Name] != f {
				out = append(out, f)
			}
		}
	}
	for _, f := range builtin.list {
		if f.Callable && !slices.ContainsFunc(out, func(g *Func) bool { return g.Name == f.Name }) {
			out = append(out, f)
		}
	}
	return out
}
