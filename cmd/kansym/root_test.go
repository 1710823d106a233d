package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// writeHard writes a file with a law that takes long to find and noise that
// keeps the search from being certain about any.
func writeHard(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	text := []byte("a,b,c,d,e,z\n")
	for range 1000 {
		var v [5]float64
		for i := range v {
			v[i] = 0.5 + 2.5*r.Float64()
			text = fmt.Appendf(text, "%v,", v[i])
		}
		z := math.Sin(v[0]*v[1]+v[2])*math.Exp(-v[3])/(1+v[4]*v[0]) + math.Log(v[1]+v[2]*v[4]) + 0.01*r.NormFloat64()
		text = fmt.Appendf(text, "%v\n", z)
	}
	path := filepath.Join(t.TempDir(), "hard.csv")
	if err := os.WriteFile(path, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// Help is readable on a terminal of 80 columns; examples are lines to be typed
// and may be longer.
func TestHelpWidth(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Name() == "completion" {
			return // cobra's own
		}
		for line := range strings.SplitSeq(c.Long, "\n") {
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), n, line)
			}
		}
		if p := c.Parent(); p != nil {
			if n := 3 + p.NamePadding() + utf8.RuneCountInString(c.Short); n > 80 {
				t.Errorf("%s: %d columns: %s", c.CommandPath(), n, c.Short)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}).root())
}

// A signal ends the search; the answer is printed and written all the same.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		data := writeHard(t)
		result := filepath.Join(t.TempDir(), "result.json")
		cmd := exec.Command("kansym", "fit", data, "--time", "10m", "--threads", "1", "--json", result)
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // to be in the midst of it
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatalf("%v: the search was over before: %v", sig, err)
		}
		start := time.Now()
		err := cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Fatalf("%v: %v, want exit code %d; standard error is\n%s", sig, err, exitInterrupted, &stderr)
		}
		if late := time.Since(start); late > 20*time.Second {
			t.Errorf("%v: the answer came after %v", sig, late)
		}
		if !strings.Contains(stdout.String(), "\n    z = ") || !strings.Contains(stdout.String(), "stopped before the search was complete") {
			t.Errorf("%v: the answer is\n%s", sig, &stdout)
		}
		if stderr.Len() > 0 {
			t.Errorf("%v: standard error is\n%s", sig, &stderr)
		}
		text, err := os.ReadFile(result)
		if err != nil {
			t.Fatal(err)
		}
		var r struct{ Interrupted bool }
		if err := json.Unmarshal(text, &r); err != nil || !r.Interrupted {
			t.Errorf("%v: %v in\n%s", sig, err, text)
		}
	}
}

// The budget is kept, and a search that it ends is no failure.
func TestTime(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	start := time.Now()
	code := kansym(t.Context(), []string{"fit", writeHard(t), "--time", "2s"}, strings.NewReader(""), &stdout, &stderr)
	if code != exitAnswer || stderr.Len() > 0 || !strings.Contains(stdout.String(), "\n    z = ") {
		t.Errorf("exit code %d, output\n%s%s", code, &stdout, &stderr)
	}
	// The promise is a second; other tests run at the same time.
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// Waiting for standard input ends with the context.
func TestInterruptWhileReading(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var stdout, stderr bytes.Buffer
	if code := kansym(ctx, []string{"fit", "-"}, r, &stdout, &stderr); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if want := "kansym: interrupted before any formula was found\n"; stderr.String() != want {
		t.Errorf("standard error is %q, want %q", &stderr, want)
	}
}

// faulty panics when it is read.
type faulty struct{}

func (faulty) Read([]byte) (int, error) { panic("index out of range") }

// A fault of the program is told in words.
func TestFault(t *testing.T) {
	for _, args := range [][]string{{"fit", "-"}, {"predict", "x", "-"}} {
		var stdout, stderr bytes.Buffer
		t.Setenv(traceVariable, "")
		if code := kansym(t.Context(), args, faulty{}, &stdout, &stderr); code != exitNoAnswer {
			t.Errorf("%v: exit code %d", args, code)
		}
		want := "kansym: internal error: index out of range\n" +
			"this is a fault of kansym, not of your data; please report it with the command line and the data, and what it prints with KANSYM_TRACE=1\n"
		if stderr.String() != want {
			t.Errorf("%v: standard error is\n%swant\n%s", args, &stderr, want)
		}
		stderr.Reset()
		t.Setenv(traceVariable, "1")
		kansym(t.Context(), args, faulty{}, &stdout, &stderr)
		if !strings.Contains(stderr.String(), "faulty.Read") {
			t.Errorf("%v: no stack in\n%s", args, &stderr)
		}
		if stdout.Len() > 0 {
			t.Errorf("%v: standard output is %s", args, &stdout)
		}
	}
}

// full is a disk without space.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// Output that gets lost is an error.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	data := filepath.Join("..", "..", "testdata", "kepler.csv")
	for _, args := range [][]string{
		{"fit", data}, {"fit", data, "--json", "-"}, {"fit", data, "--quiet"}, {"predict", "a", data}, {"library"}, {"library", "--json"}, {"version"},
	} {
		var stderr bytes.Buffer
		if code := kansym(t.Context(), args, strings.NewReader(""), full{}, &stderr); code != exitUsage {
			t.Errorf("%v: exit code %d", args, code)
		}
		if got := stderr.String(); !strings.Contains(got, "no space left") || strings.Count(got, "\n") != 1 {
			t.Errorf("%v: standard error is %q", args, got)
		}
	}
}
