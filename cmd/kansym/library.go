package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit/report"
	"github.com/kansym/kansym/library"
)

func (p *program) libraryCommand() *cobra.Command {
	var spec string
	var functions []string
	var asJSON bool
	c := &cobra.Command{
		Use:   "library",
		Short: "List the functions that curves are named by",
		Long: `List the functions that curves are named by: how a formula spells them, where
they are defined, what they cost in bits of description length, and whether
they are used unless other functions are chosen by --library.`,
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			v, err := newVocabulary(spec, functions)
			if err != nil {
				return err
			}
			list := library.Builtin()
			if spec != "" {
				list = v.set.Funcs()
			} else {
				list = append(list, v.user...)
			}
			return p.listLibrary(list, v.set, asJSON)
		},
	}
	f := c.Flags()
	f.StringVar(&spec, "library", "", "list only this `set`: default, polynomial, trig or all, changed by +name and -name")
	f.StringArrayVar(&functions, "function", nil, "add a function by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
	f.BoolVar(&asJSON, "json", false, "write JSON")
	return c
}

// libraryEntry is a function as --json lists it.
type libraryEntry struct {
	Name     string   `json:"name"`
	Formula  string   `json:"formula"`
	Callable bool     `json:"callable"`
	Low      *float64 `json:"low"`  // of the domain; null is unbounded
	High     *float64 `json:"high"` // likewise
	Cost     float64  `json:"cost"`
	InUse    bool     `json:"in_use"`
}

func (p *program) listLibrary(list []*library.Func, used *library.Set, asJSON bool) error {
	entries := make([]libraryEntry, len(list))
	rows := make([][]string, len(list))
	for i, f := range list {
		_, inUse := used.Lookup(f.Name)
		formula := f.Formula
		if f.Name == library.RealPowerName {
			formula = f.Name // any p, not the one that stands for the family
		}
		entries[i] = libraryEntry{
			Name: f.Name, Formula: formula, Callable: f.Callable,
			Low: bound(f.Domain.Lo), High: bound(f.Domain.Hi), Cost: f.Cost, InUse: inUse,
		}
		mark := ""
		if inUse {
			mark = "yes"
		}
		rows[i] = []string{f.Name, formula, domain(f.Domain), fmt.Sprintf("%.1f", f.Cost), mark}
	}
	if asJSON {
		e := json.NewEncoder(p.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(entries)
	}
	return report.Plain(p.stdout, []string{"name", "formula", "domain", "bits", "in use"}, rows, "lllrl")
}

func bound(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// domain writes an interval, with the number of poles left out of it if they
// can be told.
func domain(d library.Domain) string {
	if math.IsInf(d.Lo, -1) && math.IsInf(d.Hi, 1) {
		return withoutPoles("all numbers", d)
	}
	left, right := "[", "]"
	if d.LoOpen || math.IsInf(d.Lo, -1) {
		left = "("
	}
	if d.HiOpen || math.IsInf(d.Hi, 1) {
		right = ")"
	}
	end := func(v float64) string {
		switch {
		case math.IsInf(v, -1):
			return "-inf"
		case math.IsInf(v, 1):
			return "inf"
		}
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	return withoutPoles(left+end(d.Lo)+", "+end(d.Hi)+right, d)
}

func withoutPoles(text string, d library.Domain) string {
	if d.Poles == nil {
		return text
	}
	poles := d.Poles(-5, 5)
	if len(poles) == 0 {
		return text
	}
	// The first to the right of 0 stands for all.
	pole := poles[len(poles)-1]
	for _, x := range poles {
		if x >= 0 {
			pole = min(pole, x)
		}
	}
	text = fmt.Sprintf("%s but %.4g", text, pole)
	if len(poles) > 1 {
		text += " and others"
	}
	return text
}
