package main

import "github.com/spf13/cobra"

// tableFlags are the flags that say which columns of a table are used, and which
// functions.
type tableFlags struct {
	target, weights string
	inputs, exclude []string
	inputsGiven     bool
	missing         string
	library         string
	functions       []string
}

// columnFlags adds the flags for columns; target and inputs say what these are
// for.
func (o *tableFlags) columnFlags(c *cobra.Command, target, inputs string) {
	f := c.Flags()
	f.StringVar(&o.target, "target", "", "`column` to "+target+" (default: the last that holds no weights)")
	f.StringSliceVar(&o.inputs, "inputs", nil, "`columns` "+inputs+", separated by commas (default: all others)")
	f.StringSliceVar(&o.exclude, "exclude", nil, "`columns` to leave out; they need not hold numbers")
	f.StringVar(&o.weights, "weights", "", "`column` with the weight of each row")
	completeColumns(c, "target", "inputs", "exclude", "weights")
}

// functionFlags adds the flags for functions.
func (o *tableFlags) functionFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.library, "library", "", libraryUsage)
	f.StringArrayVar(&o.functions, "function", nil, "add a function by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
}

const libraryUsage = "`set` of functions to name curves by: default, polynomial, trig or all, changed by +name and -name, as in trig,+tanh,-tan"
