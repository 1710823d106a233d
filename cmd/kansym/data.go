package main

import (
	"context"
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
