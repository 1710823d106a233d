package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// cancelling cancels when the given text was written to it.
type cancelling struct {
	bytes.Buffer
	at     string
	cancel func()
}

func (c *cancelling) Write(b []byte) (int, error) {
	n, err := c.Buffer.Write(b)
	if strings.Contains(c.String(), c.at) {
		c.cancel()
	}
	return n, err
}

// What is finished when the run is interrupted is printed and written.
func TestBenchInterrupt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	suite, results := filepath.Join(dir, "s.csv"), filepath.Join(dir, "r.csv")
	text := "id,formula,variables\nsquare,a^2,\"[{\"\"name\"\":\"\"a\"\",\"\"low\"\":1,\"\"high\"\":2}]\"\n"
	if err := os.WriteFile(suite, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stdout bytes.Buffer
	stderr := &cancelling{at: "2 of 50", cancel: cancel}
	args := []string{"bench", suite, "--rows", "100", "--seeds", "50", "--verbose", "--out", results}
	if code := kansym(ctx, args, strings.NewReader(""), &stdout, stderr); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(stdout.String(), "Solved 2 of 2 runs; interrupted before the other 48.\n") || !strings.Contains(stdout.String(), "\n square (2)  yes ") {
		t.Errorf("the table is\n%s", &stdout)
	}
	written, err := os.ReadFile(results)
	if err != nil || bytes.Count(written, []byte("\n")) != 3 {
		t.Errorf("%v, written is\n%s", err, written)
	}

	stdout.Reset()
	var none bytes.Buffer
	if code := kansym(ctx, []string{"bench", suite}, strings.NewReader(""), &stdout, &none); code != exitInterrupted || stdout.Len() > 0 {
		t.Errorf("exit code %d, output %s", code, &stdout)
	}
	if want := "kansym: interrupted before the first problem was finished\n"; none.String() != want {
		t.Errorf("standard error is %q, want %q", &none, want)
	}
}
