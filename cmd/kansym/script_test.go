package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kansym": main})
}

// TestScript runs the scripts in testdata/script, each in a directory of its
// own with the files below its commands. $DATA is the project's testdata. The
// commands that only these scripts have:
//
//	refuse MESSAGE ARGS...    kansym ARGS must end with exit code 2, MESSAGE
//	                          as its whole standard error, and no output; ⏎
//	                          stands for a line end
//	code N ARGS...            kansym ARGS must end with exit code N
//	lean MB ARGS...           the same for exit code 2 with at most MB megabytes
//	                          of memory
//	longline FILE MB          write a header, a row, and a line of MB megabytes
//	zip FILE                  compress FILE to FILE.gz
//	same A B                  two results must be the same but for the seconds
//	json FILE PATH WANT       the value at PATH (a.0.b) of a JSON file must be WANT,
//	                          which is JSON
func TestScript(t *testing.T) {
	data, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("KANSYM_UPDATE_SCRIPTS") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("DATA", data)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "root" {
				return false, fmt.Errorf("unknown condition %s", cond)
			}
			// Permissions do not bind root, and mean something else on Windows.
			return os.Geteuid() <= 0, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refuse": refuse, "code": code, "lean": lean, "longline": longline, "zip": zip,
			"same": same, "json": jsonValue,
		},
	})
}

func exitCode(ts *testscript.TestScript, err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	ts.Fatalf("kansym could not be run: %v", err)
	return -1
}

func arguments(ts *testscript.TestScript, neg bool, args []string, n int) {
	if neg || len(args) < n {
		ts.Fatalf("wrong use of a script command")
	}
}

func refuse(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1)
	if got := exitCode(ts, ts.Exec("kansym", args[1:]...)); got != exitUsage {
		ts.Fatalf("exit code %d, want %d", got, exitUsage)
	}
	want := "kansym: " + strings.ReplaceAll(args[0], "⏎", "\n") + "\n"
	if got := ts.ReadFile("stderr"); got != want {
		ts.Fatalf("the message is\n%swant\n%s", got, want)
	}
	if got := ts.ReadFile("stdout"); got != "" {
		ts.Fatalf("standard output is not empty")
	}
}

func code(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1)
	if got := exitCode(ts, ts.Exec("kansym", args[1:]...)); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

func lean(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1)
	limit, err := strconv.Atoi(args[0])
	ts.Check(err)
	cmd := exec.Command("kansym", args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if got := exitCode(ts, cmd.Run()); got != exitUsage {
		ts.Fatalf("exit code %d, want %d; standard error is\n%s", got, exitUsage, &stderr)
	}
	if mb, ok := peakMemory(cmd.ProcessState); ok && mb > limit {
		ts.Fatalf("%d MB of memory were used", mb)
	}
}

func longline(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2)
	mb, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	b := bufio.NewWriter(f)
	fmt.Fprint(b, "x,y\n1,2\n")
	block := bytes.Repeat([]byte("12345678"), 1<<17)
	for range mb {
		b.Write(block) //nolint:errcheck // Flush tells
	}
	ts.Check(b.Flush())
}

func zip(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 1)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(errors.Join(err, z.Close()))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".gz"), b.Bytes(), 0o666))
}

var secondsField = regexp.MustCompile(`"seconds": [0-9.e-]+`)

func same(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 2)
	a := secondsField.ReplaceAllString(ts.ReadFile(args[0]), "")
	b := secondsField.ReplaceAllString(ts.ReadFile(args[1]), "")
	if a != b {
		ts.Fatalf("%s and %s differ:\n%s\n%s", args[0], args[1], a, b)
	}
	if a == "" {
		ts.Fatalf("%s is empty", args[0])
	}
}

func jsonValue(ts *testscript.TestScript, neg bool, args []string) {
	arguments(ts, neg, args, 3)
	var v, want any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	ts.Check(json.Unmarshal([]byte(args[2]), &want))
	for key := range strings.SplitSeq(args[1], ".") {
		switch in := v.(type) {
		case map[string]any:
			field, ok := in[key]
			if !ok {
				ts.Fatalf("%s: %s is missing", args[1], key)
			}
			v = field
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(in) {
				ts.Fatalf("%s: no element %s", args[1], key)
			}
			v = in[i]
		default:
			ts.Fatalf("%s: nothing has %s", args[1], key)
		}
	}
	got, err := json.Marshal(v)
	ts.Check(err)
	wanted, err := json.Marshal(want)
	ts.Check(err)
	if !slices.Equal(got, wanted) {
		ts.Fatalf("%s is %s, want %s", args[1], got, wanted)
	}
}
