package bench

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

const tiny = header +
	`sum,a+b,"[{""name"":""a"",""low"":1,""high"":2},{""name"":""b"",""low"":1,""high"":3}]"` + "\n" +
	`square,a^2,"[{""name"":""a"",""low"":1,""high"":2}]"` + "\n"

func tinySuite(t *testing.T, more string) []*Problem {
	t.Helper()
	suite, err := Read(strings.NewReader(tiny+more), "tiny")
	if err != nil {
		t.Fatal(err)
	}
	return suite
}

func TestRun(t *testing.T) {
	suite := tinySuite(t, `none,sqrt(-a),"[{""name"":""a"",""low"":1,""high"":2}]"`+"\n")
	var first []Outcome
	for _, jobs := range []int{0, 3} {
		calls := 0
		out, err := Run(t.Context(), suite, Options{
			Drawing: Drawing{Rows: 100, Seed: 7}, Seeds: 2, Time: 20 * time.Second, Jobs: jobs, Threads: 1,
			Progress: func(done, total int, _ Outcome) {
				if calls++; done != calls || total != 6 {
					t.Errorf("progress %d of %d at call %d", done, total, calls)
				}
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out) != 6 || calls != 6 {
			t.Fatalf("%d outcomes, %d reports", len(out), calls)
		}
		for i, o := range out {
			if o.Problem != suite[i/2] || o.Seed != 7+uint64(i%2) {
				t.Errorf("outcome %d is of %s, seed %d", i, o.Problem.ID, o.Seed)
			}
			if o.Problem.ID == "none" {
				if o.Solved || o.Err == nil || o.Cause != "no data" || o.Expr != nil {
					t.Errorf("a law without values: %+v", o)
				}
				continue
			}
			if !o.Solved || !o.Exact || o.Err != nil || o.Expr == nil || o.Formula == "" || o.Heldout > 1e-12 {
				t.Errorf("missed: %+v", o)
			}
		}
		// Neither jobs nor order change what is found.
		for i := range first {
			if out[i].Formula != first[i].Formula || out[i].Error != first[i].Error {
				t.Errorf("%s: %s, and with other jobs %s", out[i].Problem.ID, out[i].Formula, first[i].Formula)
			}
		}
		first = out
	}
	s := Summarize(first)
	if s.Runs != 6 || s.Solved != 4 || s.MedianComplexity != 3 || s.MaxSeconds < s.MedianSeconds {
		t.Errorf("summary %+v", s)
	}
}

// What is finished is returned when the context ends; what was cut short is
// not.
func TestRunCancel(t *testing.T) {
	suite := tinySuite(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, err := Run(ctx, suite, Options{
		Drawing: Drawing{Rows: 100}, Seeds: 50, Threads: 1,
		Progress: func(done, _ int, _ Outcome) {
			if done == 3 {
				cancel()
			}
		},
	})
	if !errors.Is(err, context.Canceled) || len(out) != 3 {
		t.Fatalf("%d outcomes, %v", len(out), err)
	}
	for i, o := range out {
		if o.Problem != suite[0] || o.Seed != uint64(i) || !o.Solved {
			t.Errorf("outcome %d: %+v", i, o)
		}
	}
	if out, err := Run(ctx, suite, Options{}); !errors.Is(err, context.Canceled) || len(out) != 0 {
		t.Errorf("%d outcomes, %v", len(out), err)
	}
}

// A fault in one problem is its outcome.
func TestRunFault(t *testing.T) {
	out, err := Run(t.Context(), []*Problem{{ID: "broken", Vars: []Var{{Name: "a", Low: 1, High: 2}}}}, Options{})
	if err != nil || len(out) != 1 || out[0].Err == nil || out[0].Cause == "" || out[0].Solved {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestSummarize(t *testing.T) {
	if s := Summarize(nil); s != (Summary{}) {
		t.Errorf("of nothing %+v", s)
	}
	s := Summarize([]Outcome{
		{Verdict: Verdict{Solved: true}, Seconds: 3, Complexity: 5},
		{Seconds: 1, Complexity: 8},
		{Seconds: 10, Err: errors.New("none")},
	})
	if want := (Summary{Runs: 3, Solved: 1, MedianSeconds: 3, MaxSeconds: 10, MedianComplexity: 6.5}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}
