package table

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kansym/kansym/library"
)

// role is what a column of the file is used for.
type role uint8

const (
	roleNone role = iota
	roleInput
	roleTarget
	roleWeights
)

// assign decides what every column is used for.
func assign(h Header, opt Options) ([]role, error) {
	roles := make([]role, len(h.Columns))
	excluded := make([]bool, len(h.Columns))
	for _, ref := range opt.Exclude {
		i, err := h.Index(ref, "to exclude")
		if err != nil {
			return nil, err
		}
		excluded[i] = true
	}
	if opt.Weights != "" {
		i, err := h.Index(opt.Weights, "of weights")
		if err != nil {
			return nil, err
		}
		if excluded[i] {
			return nil, h.conflict(i, "is both excluded and the weights")
		}
		roles[i] = roleWeights
	}
	target, err := h.target(opt, roles, excluded)
	if err != nil {
		return nil, err
	}
	roles[target] = roleTarget
	if err := h.inputs(opt.Inputs, roles, excluded); err != nil {
		return nil, err
	}
	return roles, h.named(roles)
}

// target returns the target column: the one asked for, or the last that is
// neither excluded nor used otherwise.
func (h Header) target(opt Options, roles []role, excluded []bool) (int, error) {
	if opt.Target != "" {
		i, err := h.Index(opt.Target, "for the target")
		if err != nil {
			return 0, err
		}
		if excluded[i] {
			return 0, h.conflict(i, "is both excluded and the target")
		}
		if roles[i] == roleWeights {
			return 0, h.conflict(i, "is both the weights and the target")
		}
		return i, nil
	}
	listed := make([]bool, len(h.Columns))
	for _, ref := range opt.Inputs {
		if i, err := h.Index(ref, ""); err == nil {
			listed[i] = true
		}
	}
	for i := len(roles) - 1; i >= 0; i-- {
		if !excluded[i] && roles[i] == roleNone {
			if listed[i] {
				return 0, h.conflict(i, "is the last one and so the target, but is listed among the inputs too")
			}
			return i, nil
		}
	}
	return 0, &Error{
		Source: h.Source, Line: h.Line, Problem: "no column is left for the target",
		Hint: "exclude fewer columns",
	}
}

// inputs marks the input columns in roles. A first column without a name, in which
// spreadsheets and data frames number their rows, is none unless it is asked for.
func (h Header) inputs(refs []string, roles []role, excluded []bool) error {
	if refs == nil {
		n := 0
		for i := range roles {
			if roles[i] == roleNone && !excluded[i] && !(i == 0 && h.Columns[i] == "" && len(roles) > 2) {
				roles[i] = roleInput
				n++
			}
		}
		if n > 0 {
			return nil
		}
		if len(h.Columns) == 1 {
			return &Error{
				Source: h.Source, Line: h.Line, Problem: "has only one column, " + strconv.Quote(shorten([]byte(h.Columns[0]))),
				Hint: "a formula needs an input and a target, separated by commas, tabs, semicolons, bars or blanks; if the line is a title, remove it",
			}
		}
		return &Error{
			Source: h.Source, Line: h.Line, Problem: "no column is left as an input",
			Hint: "exclude fewer columns",
		}
	}
	for _, ref := range refs {
		i, err := h.Index(ref, "for an input")
		if err != nil {
			return err
		}
		switch {
		case roles[i] == roleTarget:
			return h.conflict(i, "is the target and cannot be an input")
		case roles[i] == roleWeights:
			return h.conflict(i, "holds the weights and cannot be an input")
		case excluded[i]:
			return h.conflict(i, "is both excluded and an input")
		}
		roles[i] = roleInput
	}
	return nil
}

func (h Header) conflict(i int, problem string) error {
	return &Error{Source: h.Source, Column: h.Columns[i], Problem: problem, Hint: "change the options"}
}

// named makes sure that every column in use has a name of its own.
func (h Header) named(roles []role) error {
	first := map[string]int{}
	for i, r := range roles {
		if r == roleNone {
			continue
		}
		c := h.Columns[i]
		if c == "" {
			return &Error{
				Source: h.Source, Line: h.Line, Problem: fmt.Sprintf("column %d has no name", i+1),
				Hint: fmt.Sprintf("name it in the header, or leave it out with --exclude '#%d'", i+1),
			}
		}
		if k, dup := first[c]; dup {
			return &Error{
				Source: h.Source, Line: h.Line,
				Problem: fmt.Sprintf("columns %d and %d are both called %q", k+1, i+1, c),
				Hint:    fmt.Sprintf("rename one, or leave one out with --exclude '#%d'", i+1),
			}
		}
		first[c] = i
	}
	return nil
}

// Index returns the column that ref names: by its name in the header, its
// identifier, or its position as "#1". The error is of type *Error, says what
// the column was wanted for ("for the target"), and suggests the nearest name.
func (h Header) Index(ref, purpose string) (int, error) {
	ref = strings.TrimSpace(ref)
	if i, ok := find(h.Columns, ref); ok {
		return i, h.unambiguous(i, ref)
	}
	if i, ok := find(h.Names, ref); ok {
		return i, nil
	}
	position := false
	if digits, ok := strings.CutPrefix(ref, "#"); ok && digits != "" && strings.Trim(digits, "0123456789") == "" {
		position = true
		// What is too long for a number is no column either.
		if n, err := strconv.Atoi(digits); err == nil && n >= 1 && n <= len(h.Columns) {
			return n - 1, nil
		}
	}
	if purpose != "" {
		purpose = " " + purpose
	}
	hint := "the columns are " + abbreviate(h.quoted(), 20)
	if position {
		hint = fmt.Sprintf("it has %s: %s", count(len(h.Columns), "column"), abbreviate(h.quoted(), 20))
	} else if near := nearest(ref, h.Columns, h.Names); near != "" {
		hint = fmt.Sprintf("did you mean %q? ", near) + hint
	}
	return 0, &Error{Source: h.Source, Line: h.Line, Problem: fmt.Sprintf("there is no column %q%s", shorten([]byte(ref)), purpose), Hint: hint}
}

// unambiguous refuses a name that several columns share.
func (h Header) unambiguous(i int, ref string) error {
	if k, dup := find(h.Columns[i+1:], ref); dup {
		k += i + 1
		return &Error{
			Source: h.Source, Line: h.Line,
			Problem: fmt.Sprintf("columns %d and %d are both called %q", i+1, k+1, ref),
			Hint:    fmt.Sprintf("rename one in the header, or say which as '#%d' or '#%d'", i+1, k+1),
		}
	}
	return nil
}

func (h Header) quoted() []string {
	q := make([]string, len(h.Columns))
	for i, c := range h.Columns {
		q[i] = strconv.Quote(shorten([]byte(c)))
	}
	return q
}

func find(names []string, ref string) (int, bool) {
	for i, n := range names {
		if n == ref && ref != "" {
			return i, true
		}
	}
	return 0, false
}

// nearest returns the name that ref may be a slip for, or nothing.
func nearest(ref string, lists ...[]string) string {
	// Nobody types longer names, and comparing them takes a while.
	const longest = 200
	if len(ref) > longest {
		return ""
	}
	var known []string
	for _, l := range lists {
		for _, n := range l {
			if n != "" && len(n) <= longest {
				known = append(known, n)
			}
		}
	}
	near, ok := library.Nearest(ref, known)
	if ok && len([]rune(ref)) == 1 && !strings.EqualFold(near, ref) {
		return "" // every letter is one slip away from every other
	}
	return near
}
