package compare

import (
	"strings"
	"testing"
)

// network makes a model of a result.
func network(kind Kind, parameters int, rmse, seconds float64) *Model {
	return &Model{Kind: kind, Shape: []int{1, parameters, 1}, Parameters: parameters, RMSEValidation: rmse, RMSEHeldout: rmse, Seconds: seconds}
}

func TestAccuracy(t *testing.T) {
	for _, c := range []struct {
		name, verdict, figures string
		models                 []*Model
	}{
		{"one kind", unknown, "both kinds", []*Model{network(KAN, 10, 1, 1)}},
		{"better", yes, "at 2 sizes from 10 to 20 parameters, the best KAN of at most that size has the smaller error at 2 and the greater at 0, in the geometric mean 4 times smaller",
			[]*Model{network(KAN, 10, 0.5, 1), network(KAN, 20, 0.125, 1), network(MLP, 5, 1, 1)}},
		{"worse", no, "at 0 and the greater at 1, in the geometric mean 10 times greater", []*Model{network(KAN, 10, 1, 1), network(MLP, 10, 0.1, 1)}},
		{"same", same, "at 0 and the greater at 0", []*Model{network(KAN, 10, 1, 1), network(MLP, 10, 1.05, 1)}},
		{"both", partly, "at 1 and the greater at 1", []*Model{network(KAN, 10, 0.1, 1), network(MLP, 10, 1, 1), network(MLP, 20, 0.01, 1)}},
		{"mostly", mostly, "at 3 and the greater at 1", []*Model{
			network(MLP, 10, 1, 1), network(KAN, 10, 2, 1), network(KAN, 20, 0.1, 1), network(KAN, 30, 0.01, 1), network(MLP, 40, 0.5, 1),
		}},
		{"mostly not", mostlyNot, "at 1 and the greater at 3", []*Model{
			network(KAN, 10, 1, 1), network(MLP, 10, 2, 1), network(MLP, 20, 0.1, 1), network(MLP, 30, 0.01, 1), network(KAN, 40, 0.5, 1),
		}},
		{"exact", yes, "1e+06 times smaller", []*Model{network(KAN, 10, 0, 1), network(MLP, 10, 1e-9, 1)}},
		// A network that is no better for being larger does not count.
		{"useless", yes, "at 2 sizes from 10 to 50 parameters, the best KAN of at most that size has the smaller error at 2 ",
			[]*Model{network(KAN, 10, 0.5, 1), network(MLP, 10, 1, 1), network(KAN, 50, 3, 1)}},
	} {
		r := &Result{Models: c.models, Spread: 1}
		got := r.accuracy()
		if got.Verdict != c.verdict || !strings.Contains(got.Figures, c.figures) {
			t.Errorf("%s: %s; %s, want %s; %s", c.name, got.Verdict, got.Figures, c.verdict, c.figures)
		}
	}
}

// Networks are chosen by their validation errors, and the errors told are the
// held-out ones.
func TestBestByValidation(t *testing.T) {
	lucky, sound := network(KAN, 10, 2, 1), network(KAN, 20, 1, 1)
	lucky.RMSEHeldout = 0.1
	r := &Result{Models: []*Model{sound, lucky, network(MLP, 10, 4, 1)}, Spread: 1}
	if r.Best(KAN) != sound || r.bestUpTo(KAN, 15) != lucky || r.Best("none") != nil {
		t.Error("not the least validation error")
	}
	if e := r.Envelope(KAN); len(e) != 2 || e[0] != lucky || e[1] != sound {
		t.Errorf("%d networks on the envelope", len(e))
	}
	worse := network(KAN, 30, 5, 1)
	r.Models = append(r.Models, worse)
	if e := r.Envelope(KAN); len(e) != 2 {
		t.Errorf("%d networks on the envelope with one that gains nothing", len(e))
	}
	cut := network(KAN, 15, 1e-3, 1)
	cut.Stopped = true
	if r.Models = append(r.Models, cut); r.Best(KAN) != sound {
		t.Error("a network that was stopped by the time is the best")
	}
	if only := (&Result{Models: []*Model{cut}}); only.Best(KAN) != cut {
		t.Error("the only network is not the best")
	}
	if f := r.accuracy().Figures; !strings.Contains(f, "[1, 20, 1] with 20 parameters and RMSE 1 ") {
		t.Error(f)
	}
}

func TestInterpretability(t *testing.T) {
	named := func(parameters int, rmse float64, good bool) *Model {
		m := network(KAN, parameters, 0.1, 1)
		m.Formula = &Formula{Expression: "x", Complexity: parameters, RMSEHeldout: rmse, Good: good}
		return m
	}
	coarse := network(KAN, 5, 0.2, 1)
	coarse.Shape, coarse.Grid = []int{1, 10, 1}, 4
	fine := named(10, 0.1, true)
	fine.Grid = 24
	cut := network(KAN, 9, 1, 1)
	cut.Unnamed = interrupted
	late := network(KAN, 20, 1, 1)
	late.Unnamed = noTime
	for _, c := range []struct {
		name, verdict, figures string
		models                 []*Model
	}{
		{"none", unknown, "no KAN was trained", []*Model{network(MLP, 10, 1, 1)}},
		{"all", yes, "of 2 of 2 KANs a formula with at most 2 times the network's held-out error, the closest from [1, 20, 1], of size 20 with RMSE 0.01", []*Model{named(10, 0.1, true), named(20, 0.01, true)}},
		{"some", partly, "of 1 of 2 KANs", []*Model{named(10, 0.1, true), named(20, 5, false)}},
		{"no names", no, "of 0 of 1 KAN ", []*Model{network(KAN, 10, 1, 1)}},
		{"coarse grids", yes, "of 1 of 1 KAN ", []*Model{coarse, fine}},
		{"no time", unknown, "of 0 of 1 KAN a formula with at most 2 times the network's held-out error (for 1 there was no time)", []*Model{late}},
		{"some time", partly, "of 1 of 2 KANs", []*Model{named(10, 0.1, true), late}},
		{"interrupted", unknown, "not named", []*Model{named(10, 0.1, true), cut}},
	} {
		got := (&Result{Models: c.models}).interpretability()
		if got.Verdict != c.verdict || !strings.Contains(got.Figures, c.figures) {
			t.Errorf("%s: %s; %s, want %s; %s", c.name, got.Verdict, got.Figures, c.verdict, c.figures)
		}
	}
}

func TestSpeed(t *testing.T) {
	mlps := []*Model{network(MLP, 10, 1, 1), network(MLP, 1000, 1, 100)}
	for _, c := range []struct {
		name, verdict, figures string
		kans                   []*Model
	}{
		{"none", unknown, "both kinds", nil},
		{"outside", unknown, "overlapping", []*Model{network(KAN, 5, 1, 1), network(KAN, 2000, 1, 1)}},
		// The time of an MLP of 100 parameters is interpolated to 10 seconds.
		{"slower", yes, "1 KAN of 100 parameters trained 3 times as long", []*Model{network(KAN, 100, 1, 30)}},
		{"faster", no, "2 KANs of 10 to 100 parameters trained 0.1 times as long", []*Model{network(KAN, 10, 1, 0.1), network(KAN, 100, 1, 1)}},
		{"same", same, "all 1 KAN took 10 s for 0 steps, all 2 MLPs 101 s", []*Model{network(KAN, 100, 1, 10)}},
	} {
		got := (&Result{Models: append(c.kans, mlps...)}).speed()
		if got.Verdict != c.verdict || !strings.Contains(got.Figures, c.figures) {
			t.Errorf("%s: %s; %s, want %s; %s", c.name, got.Verdict, got.Figures, c.verdict, c.figures)
		}
	}
}

func TestRewriting(t *testing.T) {
	r := &Result{RowsTrain: 6, RowsValidation: 2, RowsHeldout: 3, Models: []*Model{network(KAN, 10, 1, 1)}}
	if c := r.rewriting(); c.Verdict != unknown {
		t.Errorf("%+v", c)
	}
	r.Rewrite = &Rewrite{Shape: []int{1, 10, 1}, Units: 7, Parameters: 30, Difference: 1e-14}
	if c := r.rewriting(); c.Verdict != yes || !strings.Contains(c.Figures, "on 11 rows the two differ by at most 1e-14") {
		t.Errorf("%+v", c)
	}
	r.Shared, r.Rewrite.Difference = true, 1e-3
	if c := r.rewriting(); c.Verdict != no || !strings.Contains(c.Figures, "on 9 rows") {
		t.Errorf("%+v", c)
	}
}
