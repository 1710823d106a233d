package main

import (
	"slices"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
)

// Numbers like -999 that a fit took for missing ones are noted in its files, so that
// whatever reads the file with data takes them for the same, be there only one row.

// missingCodes are the numbers that stand for missing ones in some columns, for a
// model.
func missingCodes(list []table.Sentinel, columns []string) []kan.MissingCode {
	var out []kan.MissingCode
	for _, s := range list {
		if slices.Contains(columns, s.Column) {
			out = append(out, kan.MissingCode{Column: s.Column, Value: s.Value})
		}
	}
	return out
}

// knownSentinels are the numbers that a model notes.
func knownSentinels(codes []kan.MissingCode) []table.Sentinel {
	var out []table.Sentinel
	for _, c := range codes {
		out = append(out, table.Sentinel{Column: c.Column, Value: c.Value})
	}
	return out
}

// sentinelValues are the numbers of a column, which goes by any of some names, that
// stand for missing ones.
func sentinelValues(list []table.Sentinel, names ...string) []float64 {
	var out []float64
	for _, s := range list {
		if slices.Contains(names, s.Column) && !slices.Contains(out, s.Value) {
			out = append(out, s.Value)
		}
	}
	return out
}
