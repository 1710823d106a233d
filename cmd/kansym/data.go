package main

import (
	"context"
	"fmt"
	"io"

	"github.com/kansym/kansym/fit/table"
)

// readTable reads the data; it returns when ctx is done even while waiting for
// standard input.
func (p *program) readTable(ctx context.Context, path string, opt table.Options) (*table.Table, error) {
	type outcome struct {
		t   *table.Table
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.err = guard(func() error {
			in, source, err := p.openData(path)
			if err != nil {
				return err
			}
			defer in.Close()
			o.t, err = table.Read(in, source, opt)
			return err
		})
		done <- o
	}()
	select {
	case <-ctx.Done():
		return nil, noAnswer(ctx, nil)
	case o := <-done:
		return o.t, o.err
	}
}

// openData opens a data file, or standard input for "-".
func (p *program) openData(path string) (in io.ReadCloser, source string, err error) {
	if path == "-" {
		return io.NopCloser(p.stdin), "standard input", nil
	}
	f, err := table.OpenFile(path)
	if err != nil {
		return nil, "", err
	}
	return f, path, nil
}

// checkRowsUsed refuses a bound on the rows to fit to, 0 for none, below which
// nothing can be fitted; inputs is 0 as long as their number is not known.
func checkRowsUsed(n positive, inputs int) error {
	switch {
	case n == 0:
		return nil
	case n < table.MinRows:
		return fmt.Errorf("--rows-used %d is too few: at least %d rows are needed to fit a formula", n, table.MinRows)
	case int(n) < inputs:
		return fmt.Errorf("--rows-used %d is too few for %d inputs; use more rows, or choose the inputs that matter with --inputs", n, inputs)
	}
	return nil
}
