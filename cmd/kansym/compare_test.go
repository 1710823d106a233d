package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	totalSeconds = regexp.MustCompile(`(?m)^(Seed \d+, )[0-9.e-]+ s`)
	speedClaim   = regexp.MustCompile(`(?m)^(  - slower to train: ).*(?:\n    .*)*`)
)

// maskSeconds replaces what depends on the clock in the output of kansym
// compare.
func maskSeconds(text string) string {
	text = totalSeconds.ReplaceAllString(text, "${1}# s")
	text = speedClaim.ReplaceAllString(text, "${1}#")
	end := -1
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, " kind "):
			end = strings.Index(l, "seconds") + len("seconds")
		case l == "":
			end = -1
		case end > 0:
			// The column is right-aligned and no time has more digits than
			// its header.
			lines[i] = l[:end-len("seconds")] + "      #" + l[end:]
		}
	}
	return strings.Join(lines, "\n")
}

// The whole output on a noisy line, which every network learns as well as any
// other.
func TestCompareGolden(t *testing.T) {
	t.Parallel()
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors round otherwise, and the errors have three digits")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	text := "x,y\n"
	for range 60 {
		x := 4 * rng.Float64()
		text += fmt.Sprintf("%.4f,%.4f\n", x, 2*x+1+0.1*rng.NormFloat64())
	}
	dir := t.TempDir()
	data, picture, result := filepath.Join(dir, "line.csv"), filepath.Join(dir, "line.svg"), filepath.Join(dir, "line.json")
	if err := os.WriteFile(data, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"compare", data, "--time", "10m", "-o", picture, "--json", result}
	if code := kansym(t.Context(), args, strings.NewReader(""), &stdout, &stderr); code != exitAnswer || stderr.Len() > 0 {
		t.Fatalf("exit code %d, %s", code, &stderr)
	}
	got := maskSeconds(strings.TrimPrefix(stdout.String(), dir+string(filepath.Separator)))
	golden := filepath.Join("testdata", "compare.golden")
	if os.Getenv("KANSYM_UPDATE_SCRIPTS") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("the output differs from %s:\n%s", golden, d)
	}
	for path, has := range map[string]string{picture: "</svg>", result: `"claims": [`} {
		content, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(content), has) {
			t.Errorf("%s: %v, %d bytes", path, err, len(content))
		}
	}
}

// A signal ends the comparison; the table so far is printed and written all
// the same.
func TestCompareInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	t.Parallel()
	picture := filepath.Join(t.TempDir(), "so-far.png")
	cmd := exec.Command("kansym", "compare", writeHard(t), "--time", "1h", "-o", picture)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * time.Second) // the first networks take milliseconds, all of it half a minute
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatalf("the comparison was over before: %v", err)
	}
	start := time.Now()
	err := cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Fatalf("%v, want exit code %d; standard error is\n%s", err, exitInterrupted, &stderr)
	}
	if late := time.Since(start); late > 20*time.Second {
		t.Errorf("the table came after %v", late)
	}
	for _, want := range []string{"\n kind ", "\n MLP ", "interrupted before all was done", "rewritable as an MLP: not checked;"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &stdout)
		}
	}
	if stderr.Len() > 0 {
		t.Errorf("standard error is\n%s", &stderr)
	}
	if content, err := os.ReadFile(picture); err != nil || !bytes.HasPrefix(content, []byte("\x89PNG")) {
		t.Errorf("%v, %d bytes", err, len(content))
	}
}
