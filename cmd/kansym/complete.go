package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit/table"
)

// completeFiles completes the first n arguments by file names.
func completeFiles(n int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) < n {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeColumns completes flags by the columns of the data file on the
// command line, the last of several behind a comma.
func completeColumns(c *cobra.Command, flags ...string) {
	complete := func(_ *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		before := text[:strings.LastIndexByte(text, ',')+1]
		names := columnNames(args[len(args)-1])
		for i := range names {
			names[i] = before + names[i]
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	for _, f := range flags {
		if err := c.RegisterFlagCompletionFunc(f, complete); err != nil {
			panic("kansym: completion of an unknown flag")
		}
	}
}

// columnNames returns the identifiers of the columns of a data file, nothing
// if it cannot be read.
func columnNames(path string) []string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	r, err := table.NewReader(f, path, table.ReaderOptions{})
	if err != nil {
		return nil
	}
	return r.Header().Names
}
