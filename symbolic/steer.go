package symbolic

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/library"
)

// Suggestion is a function that an edge may be called by.
type Suggestion struct {
	// Match is the function fitted to the edge's curve, its errors in units of
	// the edge's value.
	Match
	// HeldRMSE is the held-out error of the network, in units of the target,
	// with the edge so named and everything refitted for a few steps; +Inf if
	// that gives no network.
	HeldRMSE float64
}

// suggestIter bounds the steps by which a network is refitted around a name
// that is only tried.
const suggestIter = 15

// SuggestEdge matches the functions of a set (nil: the default) to the curve of
// an edge, on the rows of data and each point weighed by what it contributes to
// the output, and returns at most keep of them (0: 8), the shortest description
// of the curve first. For every one it tells how good the network is with that
// name. A named edge is treated as if it were still a curve.
//
// The error is not nil if there is no such edge or the data do not fit. When
// ctx ends what was found so far is returned.
func SuggestEdge(ctx context.Context, net *kan.Network, data kan.Data, id kan.EdgeID, set *library.Set, keep int) ([]Suggestion, error) {
	if keep <= 0 {
		keep = 8
	}
	matches, err := matchEdgeAt(ctx, net, data, id, set, keep)
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	for _, m := range matches {
		s := Suggestion{Match: m, HeldRMSE: math.Inf(1)}
		if named, err := nameEdge(ctx, net, data, id, m, suggestIter); err == nil {
			if sum, err := named.Summarize(data, 0); err == nil {
				s.HeldRMSE = sum.RMSEHeldout
			}
		}
		out = append(out, s)
	}
	return out, nil
}

// FixEdge returns the network with the edge at id made c*f(a*x+b)+d, its
// constants matched to the edge's curve on the rows of data and then fitted
// together with everything else that may change, and marked Fixed, so that it
// is neither trained, pruned nor renamed from then on. It also returns the match
// before the fit. An edge that is named already is named anew.
//
// A hidden node that multiplies may as well hand on any power of its product,
// and one that adds the exponential of its sum. If f is a power or log, and the
// curve is one that such a change turns into f, the node is changed, with the
// curves around it; a sum may so become a product and the other way around.
//
// net is left alone. The error is not nil if there is no such edge, if the data
// do not fit, or if the function is not finite on the edge's values whatever the
// constants.
func FixEdge(ctx context.Context, net *kan.Network, data kan.Data, id kan.EdgeID, f *library.Func) (*kan.Network, Match, error) {
	named, m, err := callEdge(ctx, net, data, id, f)
	if err != nil {
		return nil, m, err
	}
	e, err := named.EdgeAt(id)
	if err != nil {
		return nil, m, err
	}
	e.Fixed = true
	return named, m, nil
}

// callEdge calls an edge f and trains on, from the network as it is and from
// those of another gauge, and returns the network of least held-out error with
// the match that it came from.
func callEdge(ctx context.Context, net *kan.Network, data kan.Data, id kan.EdgeID, f *library.Func) (*kan.Network, Match, error) {
	if _, err := net.EdgeAt(id); err != nil {
		return nil, Match{}, err
	}
	var best *kan.Network
	var match Match
	least := math.Inf(1)
	var failed error
	for _, from := range append([]*kan.Network{net}, regauged(ctx, net, data, id, f)...) {
		matches, err := matchEdgeAt(ctx, from, data, id, (&library.Set{}).With(f), 1)
		if err != nil {
			return nil, Match{}, err
		}
		if len(matches) == 0 {
			continue
		}
		named, err := nameEdge(ctx, from, data, id, matches[0], 0)
		if err != nil {
			failed = err
			continue
		}
		if sum, err := named.Summarize(data, 0); err == nil && sum.RMSEHeldout < least {
			best, match, least = named, matches[0], sum.RMSEHeldout
		}
	}
	switch {
	case best != nil:
		return best, match, nil
	case ctx.Err() != nil:
		return nil, Match{}, fmt.Errorf("fix edge %v: %w", id, ctx.Err())
	case failed != nil:
		return nil, Match{}, fmt.Errorf("fix edge %v: %w", id, failed)
	}
	return nil, Match{}, fmt.Errorf("fix edge %v: %s is not finite on all values that reach the edge, whatever its constants", id, f.Name)
}

// nameEdge puts a match in place of an edge and trains on for at most so many
// steps (0: as many as training takes).
func nameEdge(ctx context.Context, net *kan.Network, data kan.Data, id kan.EdgeID, m Match, steps int) (*kan.Network, error) {
	named := net.Clone()
	put(named, place{id.Layer, id.From, id.To}, m)
	trained, rep, err := named.Train(ctx, data, kan.TrainOptions{Grid: []int{1}, MaxIter: steps})
	if err != nil {
		return nil, err
	}
	if rep.Status == kan.StatusDiverged {
		return nil, fmt.Errorf("the network is not finite with %s there", m.Func.Name)
	}
	return trained, nil
}

// matchEdgeAt matches one edge, by the curve that it has.
func matchEdgeAt(ctx context.Context, net *kan.Network, data kan.Data, id kan.EdgeID, set *library.Set, keep int) ([]Match, error) {
	e, err := net.EdgeAt(id)
	if err != nil {
		return nil, err
	}
	data.HeldCols, data.HeldY, data.HeldW = nil, nil, nil
	n, err := newNaming(net, data, nil, set, NameOptions{Candidates: keep})
	if err != nil {
		return nil, err
	}
	p := place{id.Layer, id.From, id.To}
	t := traceOf(net, n.some.Cols)
	x, y, w := t.curve(net, p)
	for r := range y {
		if !isFinite(x[r]) || !isFinite(y[r]) {
			return nil, fmt.Errorf("edge %v is not finite on the data", id)
		}
	}
	rms := n.networkError(net)
	if e.Kind == kan.Named {
		// What a formula says of itself has no error of a spline.
		rms = 0
	}
	matches := n.matchPoints(ctx, net, p, x, y, w, t.noise(net, p, rms))
	if len(matches) == 0 && ctx.Err() == nil && len(n.set.Funcs()) > 1 {
		return nil, errors.New("the values that reach edge " + id.String() + " are too few to tell functions apart")
	}
	return matches, nil
}
