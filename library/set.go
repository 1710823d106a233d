package library

import (
	"fmt"
	"slices"
	"strings"
)

// Set is an ordered choice of functions with which curves are named, and the
// source of the functions that formulas may call: the user's and every
// built-in callable. The zero value is the empty set. A Set does not change
// after it was made and may be shared.
type Set struct {
	funcs []*Func
	user  []*Func // callable whether or not they are in funcs
}

// setNames are the sets that ParseSet knows by name.
var setNames = []string{"default", "polynomial", "trig", "all"}

// DefaultSet returns the functions that laws of nature are mostly made of: the
// built-in ones without sign and softplus, which follow the noise of a curve
// rather than a law, and without cbrt and asinh, which are rare and much like
// others; "+cbrt" brings one back.
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
		names := []string{"sign", "softplus", "cbrt", "asinh"}
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

// ParseSet reads a choice of functions: a comma-separated list of sets
// ("default", "polynomial", "trig", "all") and functions ("sin", "x^2"), taken
// from left to right, each with + to add it (also the meaning of no sign) or -
// to take it away. A list that begins with a signed entry, or is empty, starts
// from the default set. "x^p" allows powers with any real exponent.
//
// User functions are members unless they are taken away, can be called by
// formulas in any case, and go before built-in functions of the same name. The
// constant "1" and "x" are always members.
//
// The error names the unknown entry and the nearest known one.
func ParseSet(spec string, user ...*Func) (*Set, error) {
	s := (&Set{}).With(user...)
	s.user = slices.Clone(user)
	for i, entry := range strings.Split(spec, ",") {
		entry = strings.TrimSpace(entry)
		signed := strings.HasPrefix(entry, "+") || strings.HasPrefix(entry, "-")
		if i == 0 && (signed || strings.TrimSpace(spec) == "") {
			s = s.With(namedSet("default").funcs...)
		}
		if entry == "" {
			if strings.TrimSpace(spec) == "" {
				break
			}
			return nil, fmt.Errorf("library %q: entry %d is empty", spec, i+1)
		}
		name := entry
		if signed {
			name = strings.TrimSpace(entry[1:])
		}
		funcs, err := s.entry(name)
		if err != nil {
			return nil, fmt.Errorf("library %q: %w", spec, err)
		}
		if entry[0] == '-' {
			s = s.without(funcs)
		} else {
			s = s.With(funcs...)
		}
	}
	return s.With(builtin.byName["1"], builtin.byName["x"]), nil
}

// entry returns the functions that an entry of a list stands for.
func (s *Set) entry(name string) ([]*Func, error) {
	for _, f := range s.user {
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
	for _, f := range slices.Concat(s.user, builtin.list) {
		known = append(known, f.Name)
	}
	for other := range otherNames {
		known = append(known, other)
	}
	slices.Sort(known) // of equally near names always the same one
	if near, ok := Nearest(name, known); ok {
		return nil, fmt.Errorf("there is no function or set %q; did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("there is no function or set %q; sets are %s, functions are sin, x^2, 1/x and so on",
		name, strings.Join(setNames, ", "))
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
	if f, ok := find(s.funcs, name); ok {
		return f, true
	}
	if f, ok := Lookup(name); ok {
		return find(s.funcs, f.Name)
	}
	return nil, false
}

func find(funcs []*Func, name string) (*Func, bool) {
	for _, f := range funcs {
		if f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// With returns the set with the functions added at the end. A user's function
// takes the place of a member of the same name; a built-in one leaves it.
func (s *Set) With(funcs ...*Func) *Set {
	out := &Set{funcs: slices.Clone(s.funcs), user: s.user}
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
	out := &Set{user: s.user}
	for _, f := range s.funcs {
		if _, ok := find(funcs, f.Name); !ok {
			out.funcs = append(out.funcs, f)
		}
	}
	return out
}

// RealPowers reports whether exponents may be fitted: whether "x^p" is a
// member.
func (s *Set) RealPowers() bool {
	_, ok := find(s.funcs, RealPowerName)
	return ok
}

// Callable returns the function that formulas call by that name: a callable
// member or user function of the set, or else a built-in callable or an alias
// of one ("ln"). A nil set knows the built-in functions.
func (s *Set) Callable(name string) (*Func, bool) {
	if s != nil {
		if f, ok := find(s.funcs, name); ok && f.Callable {
			return f, true
		}
		if f, ok := find(s.user, name); ok && f.Callable {
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

// Callables returns every function that formulas can call with this set: the
// user's first, then the built-in ones. The slice is the caller's. A nil set
// has the built-in functions.
func (s *Set) Callables() []*Func {
	var out []*Func
	add := func(funcs []*Func) {
		for _, f := range funcs {
			if _, known := find(out, f.Name); f.Callable && !known {
				out = append(out, f)
			}
		}
	}
	if s != nil {
		for _, f := range s.funcs {
			if builtin.byName[f.Name] != f {
				add([]*Func{f})
			}
		}
		add(s.user)
	}
	add(builtin.list)
	return out
}
