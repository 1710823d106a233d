package compare

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/mlp"
)

// tableOf makes a table of two inputs.
func tableOf(t *testing.T, f func(a, b float64) float64, rows int) *table.Table {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	text := "a,b,y\n"
	for range rows {
		a, b := 1+rng.Float64(), 1+rng.Float64()
		text += fmt.Sprintf("%v,%v,%v\n", a, b, f(a, b))
	}
	return read(t, text)
}

func read(t *testing.T, text string) *table.Table {
	t.Helper()
	data, err := table.Read(strings.NewReader(text), "data.csv", table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The listed sizes are those of the networks that training makes, and what has
// more parameters than rows is left out.
func TestCandidates(t *testing.T) {
	for _, c := range []struct{ inputs, rows, list, omitted int }{
		{1, 1000, 5*2 + 8, 0},
		{2, 1000, 5*2 + 8, 0}, // 2n+1 is 5
		{4, 1000, 6*2 + 8, 0},
		{4, 100, 4*2 + 4, 6},
		{4, 3, 2 + 1, 12},
	} {
		list, omitted := candidates(c.inputs, c.rows)
		if len(list) != c.list || omitted != c.omitted {
			t.Errorf("%d inputs, %d rows: %d networks, %d omitted, want %d and %d", c.inputs, c.rows, len(list), omitted, c.list, c.omitted)
		}
		least := 0
		for _, k := range list {
			var n int
			if k.kind == KAN {
				net, err := kan.New(k.shape, kan.NewOptions{Grid: k.grid[0]})
				if err != nil {
					t.Fatal(err)
				}
				n = net.NumParams()
			} else {
				net, err := mlp.New(k.shape)
				if err != nil {
					t.Fatal(err)
				}
				n = net.NumParams()
			}
			if n != k.parameters || n < least {
				t.Errorf("%s %v has %d parameters, said to be %d, after %d", k.kind, k.shape, n, k.parameters, least)
			}
			least = n
		}
	}
}

// A whole run: every network is measured on the rows that a fit holds out, a
// law is found, and all claims are checked.
func TestRun(t *testing.T) {
	data := tableOf(t, func(a, b float64) float64 { return a / b }, 80)
	var stages []string
	r, err := Run(t.Context(), data, Options{Seed: 3, Time: 5 * time.Minute, Progress: func(s string) { stages = append(stages, s) }})
	if err != nil {
		t.Fatal(err)
	}
	if r.RowsTrain != 48 || r.RowsValidation != 12 || r.RowsHeldout != 20 || r.Shared || r.Interrupted {
		t.Errorf("%+v", r)
	}
	train, held := fit.Split(data, fit.Options{Seed: 3})
	split := kan.Data{Names: train.Names, Cols: train.Cols, Y: train.Y}.HoldOut(3)
	for _, m := range r.Models {
		if !(m.RMSEHeldout > 0) || math.Abs(m.Relative*r.Spread/m.RMSEHeldout-1) > 1e-12 || m.Stopped || m.Steps < 1 || m.Parameters > 48 {
			t.Errorf("%+v", m)
		}
		out := make([]float64, len(held.Y))
		var report float64
		switch {
		case m.Kind == MLP && m.Parameters < 20:
			net, rep, err := mlp.Train(t.Context(), m.Shape, split, mlp.TrainOptions{Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			net.Predict(out, held.Cols)
			report = rep.HeldRMSE
		case m.Kind == KAN && m.Grid == 4:
			net, rep, err := kan.Train(t.Context(), m.Shape, split, kan.TrainOptions{Seed: 3, Grid: []int{4}})
			if err != nil {
				t.Fatal(err)
			}
			net.Predict(out, held.Cols)
			report = rep.HeldRMSE
		default:
			continue
		}
		sum := 0.0
		for i, y := range held.Y {
			sum += (out[i] - y) * (out[i] - y) / float64(len(held.Y))
		}
		if math.Abs(math.Sqrt(sum)/m.RMSEHeldout-1) > 1e-12 || report != m.RMSEValidation {
			t.Errorf("%s %v: errors %v and %v, want %v and %v", m.Kind, m.Shape, m.RMSEHeldout, m.RMSEValidation, math.Sqrt(sum), report)
		}
	}
	if len(r.of(KAN)) < 3 || len(r.of(MLP)) < 3 {
		t.Errorf("%d KANs and %d MLPs", len(r.of(KAN)), len(r.of(MLP)))
	}
	if s := r.Search; s == nil || !s.Exact || s.Expression != "a/b" {
		t.Errorf("the search found %+v", s)
	}
	named := 0
	for _, m := range r.of(KAN) {
		if m.Formula != nil {
			named++
		} else if m.Unnamed == "" && m.SeeGrid == 0 {
			t.Errorf("%v: neither named nor said why", m.Shape)
		}
	}
	if named == 0 {
		t.Error("no KAN was named")
	}
	if w := r.Rewrite; w == nil || w.Units == 0 || w.Parameters == 0 || w.Difference > 1e-9 {
		t.Errorf("rewritten as %+v", w)
	}
	for _, c := range r.Claims {
		if c.Verdict == unknown || c.Figures == "" {
			t.Errorf("%+v", c)
		}
	}
	if len(stages) < len(r.Models)+named+1 {
		t.Errorf("progress was told of %q", stages)
	}

	// The same seed gives the same result, on other threads too.
	again, err := Run(t.Context(), data, Options{Seed: 3, Time: 5 * time.Minute, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	r.Claims[2], again.Claims[2] = Claim{}, Claim{} // about seconds
	same := []cmp.Option{
		cmpopts.IgnoreFields(Result{}, "Seconds"), cmpopts.IgnoreFields(Model{}, "Seconds"), cmpopts.IgnoreFields(Search{}, "Seconds"),
	}
	if d := cmp.Diff(r, again, same...); d != "" {
		t.Errorf("a second run differs:\n%s", d)
	}
}

// What was finished when the context ended is returned.
func TestInterrupted(t *testing.T) {
	data := tableOf(t, func(a, b float64) float64 { return math.Sin(3*a) * b }, 60)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stages := 0
	r, err := Run(ctx, data, Options{Time: time.Minute, Progress: func(string) {
		if stages++; stages == 4 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || len(r.Models) == 0 || len(r.Models) > 3 || r.Search != nil || r.Rewrite != nil || len(r.Claims) != 4 {
		t.Errorf("%+v", r)
	}
	for _, m := range r.Models {
		if m.Kind == KAN && (m.Formula != nil || m.Unnamed != interrupted && m.SeeGrid == 0) {
			t.Errorf("%+v", m)
		}
	}
	if c := r.Claims[1]; c.Verdict != unknown {
		t.Errorf("%+v", c)
	}
}

// Time that is over is told, and the result is what there is.
func TestTimeOver(t *testing.T) {
	data := tableOf(t, func(a, b float64) float64 { return math.Sin(9*a) * math.Exp(b) }, 400)
	start := time.Now()
	r, err := Run(t.Context(), data, Options{Time: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	stopped := slices.ContainsFunc(r.Models, func(m *Model) bool { return m.Stopped })
	warned := slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "stopped by the time") })
	if !stopped || !warned || r.Interrupted {
		t.Errorf("stopped %v, warnings %q", stopped, r.Warnings)
	}
	kinds := map[string]string{} // of warnings: what they say before naming networks
	for _, w := range r.Warnings {
		kind, _, _ := strings.Cut(w, "[")
		kind = strings.TrimLeft(kind, "0123456789 ")
		if before, ok := kinds[kind]; ok {
			t.Errorf("two warnings about one thing:\n%s\n%s", before, w)
		}
		kinds[kind] = w
	}
	// The promise is the budget and what a step takes; other tests run at the
	// same time.
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// What happens to many networks is one warning.
func TestTroubles(t *testing.T) {
	var left troubles
	left.add("broke", candidate{kind: MLP, shape: []int{2, 5, 1}})
	left.add("sank", candidate{kind: KAN, shape: []int{2, 1}, grid: []int{4, 6}})
	for n := range 5 {
		left.add("sank", candidate{kind: MLP, shape: []int{2, n + 1, 1}})
	}
	var got []string
	for _, l := range left {
		got = append(got, networkList(l.networks)+" "+l.what)
	}
	want := []string{
		"MLP [2, 5, 1] broke",
		"6 networks (KAN [2, 1] with grids to 6, MLP [2, 1, 1], MLP [2, 2, 1], ...) sank",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFewRows(t *testing.T) {
	r, err := Run(t.Context(), read(t, "x,y\n1,1\n2,4\n3,9\n4,17\n5,25\n"), Options{Time: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Shared || r.RowsTrain != 4 || r.RowsValidation != 4 || r.RowsHeldout != 1 || r.Best(KAN) == nil || r.Best(MLP) == nil {
		t.Errorf("%+v", r)
	}
}

func TestRunRefuses(t *testing.T) {
	for want, text := range map[string]string{
		"constant on the training rows": "x,y\n1,0\n2,0\n3,0\n4,0\n5,0\n6,0\n7,0\n8,1\n",
		"too far apart":                 "x,y\n1,1e300\n2,-1e300\n3,1e299\n4,2e300\n5,1e300\n6,5\n7,3e300\n8,1\n",
	} {
		var err error
		// Which row is held out depends on the seed.
		for seed := range uint64(50) {
			if _, err = Run(t.Context(), read(t, text), Options{Seed: seed, Time: time.Millisecond}); err != nil {
				break
			}
		}
		if !errors.Is(err, ErrNothing) || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
