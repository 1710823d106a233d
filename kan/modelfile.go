package kan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/kansym/kansym/kan/bspline"
	"github.com/kansym/kansym/kan/jsontext"
	"github.com/kansym/kansym/library"
)

// The format of model files. FormatVersion rises whenever a file of the new
// format would be misread, or not read, by the reader of the old one.
const (
	FormatName    = "kansym-model"
	FormatVersion = 1
)

// Bounds of what Load accepts, so that a damaged or hostile file cannot ask for
// more memory than the machine has.
const (
	maxFileBytes = 64 << 20
	maxHistory   = 1000
	maxNodes     = 4096   // in a layer
	maxLayers    = 64     // in a network
	maxEdges     = 500000 // in a file, present or absent
)

// FuncResolver finds the function that an edge of a model file names. formula
// is its definition as an expression of x if the function is not built in, ""
// otherwise.
type FuncResolver func(name, formula string) (*library.Func, error)

type modelJSON struct {
	Format  string         `json:"format"`
	Version int            `json:"version"`
	Target  *string        `json:"target"` // "" where it predicts no column in particular
	Columns []string       `json:"columns,omitempty"`
	Ranges  [][2]float64   `json:"ranges,omitempty"`
	Missing []MissingCode  `json:"missing,omitempty"`
	History []snapshotJSON `json:"history"` // oldest first, the present state last
}

type snapshotJSON struct {
	Version int          `json:"version"`
	Command string       `json:"command"`
	Summary *Summary     `json:"summary,omitempty"`
	Network *networkJSON `json:"network"`
}

type networkJSON struct {
	Inputs      []inputJSON `json:"inputs"`
	OutputScale float64     `json:"output_scale"`
	Layers      []layerJSON `json:"layers"`
}

type inputJSON struct {
	Name  string  `json:"name"`
	Scale float64 `json:"scale"`
}

// layerJSON leads from the nodes of the layer before to its own.
type layerJSON struct {
	Nodes []string   `json:"nodes"` // "sum" or "product"
	Edges []edgeJSON `json:"edges"` // those that are there
}

// edgeJSON is a spline if it has coefficients, and otherwise
// C*Function(A*x+B)+D.
type edgeJSON struct {
	From  int  `json:"from"`
	To    int  `json:"to"`
	Fixed bool `json:"fixed,omitempty"`

	Lo   *float64  `json:"lo,omitempty"`
	Hi   *float64  `json:"hi,omitempty"`
	Coef []float64 `json:"coef,omitempty"`

	Function string   `json:"function,omitempty"`
	Formula  string   `json:"formula,omitempty"` // where Function is not built in
	A        *float64 `json:"a,omitempty"`
	B        *float64 `json:"b,omitempty"`
	C        *float64 `json:"c,omitempty"`
	D        *float64 `json:"d,omitempty"`
}

// Save writes the model as JSON. Numbers are written with as many digits as it
// takes to read back the same bits. It writes nothing if Check reports an
// error, and returns that.
func (m *Model) Save(w io.Writer) error {
	if err := m.Check(); err != nil {
		return err
	}
	f := modelJSON{Format: FormatName, Version: FormatVersion, Target: &m.Target, Columns: m.Columns, Ranges: m.Ranges, Missing: m.Missing}
	for v := 1; v <= m.Version(); v++ {
		s, _ := m.At(v)
		f.History = append(f.History, snapshotJSON{Version: v, Command: s.Command, Summary: s.Summary, Network: encodeNetwork(s.Network)})
	}
	var text, b bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("kan: save model: %w", err)
	}
	indentJSON(&b, bytes.TrimSpace(text.Bytes()))
	if b.Len() > maxFileBytes {
		return fmt.Errorf("kan: save model: %d MB are more than the %d MB that can be loaded: save it without its history", b.Len()>>20, maxFileBytes>>20)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("kan: save model: %w", err)
	}
	return nil
}

// Load reads a model. resolve finds the functions of named edges; nil finds the
// built-in ones. The error says where in the file the trouble is, and wraps
// what resolve and r return.
func Load(r io.Reader, resolve FuncResolver) (*Model, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("kan: load model: %w", err)
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("kan: load model: more than %d MB: not a model file", maxFileBytes>>20)
	}
	f, err := parseModel(text)
	if err != nil {
		return nil, fmt.Errorf("kan: load model: %w", err)
	}
	if resolve == nil {
		resolve = builtin
	}
	m := &Model{Target: *f.Target, Columns: f.Columns, Ranges: f.Ranges, Missing: f.Missing}
	edges := 0
	for k, s := range f.History {
		if s.Version != k+1 {
			return nil, fmt.Errorf("kan: load model: version %d stands where %d belongs", s.Version, k+1)
		}
		if s.Network == nil {
			return nil, fmt.Errorf("kan: load model: version %d has no network", s.Version)
		}
		net, err := s.Network.decode(resolve, &edges)
		if err != nil {
			return nil, fmt.Errorf("kan: load model: version %d: %w", s.Version, err)
		}
		state := Snapshot{Command: s.Command, Network: net, Summary: s.Summary}
		if k == 0 {
			m.Snapshot = state
		} else {
			m = m.Step(state)
		}
	}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("kan: load model: %w", err)
	}
	return m, nil
}

func builtin(name, formula string) (*library.Func, error) {
	if f, ok := library.Lookup(name); ok && formula == "" {
		return f, nil
	}
	if formula != "" {
		return nil, fmt.Errorf("function %q is not built in: define it as %s(x) = %s", name, name, formula)
	}
	return nil, fmt.Errorf("unknown function %q: define it, or use the version that saved the model", name)
}

// parseModel reads the JSON and checks its head before anything else, so that
// a file of another format is told from a damaged one.
func parseModel(text []byte) (*modelJSON, error) {
	var head struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("the file is empty")
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, jsontext.Explain(text, err)
	}
	switch {
	case head.Format != FormatName:
		return nil, fmt.Errorf("not a model file: \"format\" is %q, want %q", head.Format, FormatName)
	case head.Version > FormatVersion:
		return nil, fmt.Errorf("format version %d is newer than %d: use a newer kansym", head.Version, FormatVersion)
	case head.Version < 1:
		return nil, fmt.Errorf("format version %d does not exist", head.Version)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var f modelJSON
	if err := dec.Decode(&f); err != nil {
		return nil, jsontext.Explain(text, err)
	}
	if f.Target == nil {
		return nil, errors.New("does not say which column it predicts: \"target\" is missing")
	}
	if len(f.History) == 0 {
		return nil, errors.New("no network: \"history\" is empty")
	}
	return &f, nil
}

func encodeNetwork(n *Network) *networkJSON {
	f := &networkJSON{OutputScale: n.OutputScale}
	for i, name := range n.Inputs {
		f.Inputs = append(f.Inputs, inputJSON{Name: name, Scale: n.InputScale[i]})
	}
	for _, l := range n.Layers {
		lj := layerJSON{Edges: []edgeJSON{}}
		for _, op := range l.Ops {
			lj.Nodes = append(lj.Nodes, op.String())
		}
		for k, e := range l.Edges {
			ej := edgeJSON{From: k % l.In, To: k / l.In, Fixed: e.Fixed}
			switch e.Kind {
			case Zero:
				continue
			case Spline:
				ej.Lo, ej.Hi, ej.Coef = &e.Spline.Lo, &e.Spline.Hi, e.Spline.Coef
			case Named:
				ej.Function = e.Func.Name
				if f, ok := library.Lookup(e.Func.Name); !ok || f != e.Func && f.Formula != e.Func.Formula {
					ej.Formula = e.Func.Formula
				}
				ej.A, ej.B, ej.C, ej.D = &e.A, &e.B, &e.C, &e.D
			}
			lj.Edges = append(lj.Edges, ej)
		}
		f.Layers = append(f.Layers, lj)
	}
	return f
}

// decode makes the network that f describes, as far as its shape; Check does
// the rest. edges counts towards maxEdges.
func (f *networkJSON) decode(resolve FuncResolver, edges *int) (*Network, error) {
	n := &Network{OutputScale: f.OutputScale}
	for i, in := range f.Inputs {
		if in.Name == "" {
			return nil, fmt.Errorf("input %d has no name", i)
		}
		if !powerOfTwo(in.Scale) {
			return nil, fmt.Errorf("input %q: scale %v is not a power of two", in.Name, in.Scale)
		}
		n.Inputs = append(n.Inputs, in.Name)
		n.InputScale = append(n.InputScale, in.Scale)
	}
	if !powerOfTwo(f.OutputScale) {
		return nil, fmt.Errorf("output scale %v is not a power of two", f.OutputScale)
	}
	if len(f.Layers) == 0 || len(f.Layers) > maxLayers || len(f.Inputs) == 0 || len(f.Inputs) > maxNodes {
		return nil, fmt.Errorf("%d layers on %d inputs: want 1 to %d layers, 1 to %d inputs", len(f.Layers), len(f.Inputs), maxLayers, maxNodes)
	}
	in := len(f.Inputs)
	for k, lj := range f.Layers {
		out := len(lj.Nodes)
		if out == 0 || out > maxNodes {
			return nil, fmt.Errorf("layer %d has %d nodes: want 1 to %d", k, out, maxNodes)
		}
		if *edges += in * out; *edges > maxEdges {
			return nil, fmt.Errorf("layer %d: more than %d possible edges", k, maxEdges)
		}
		l, err := lj.decode(in, resolve)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", k, err)
		}
		n.Layers = append(n.Layers, l)
		in = out
	}
	return n, nil
}

func (f *layerJSON) decode(in int, resolve FuncResolver) (*Layer, error) {
	l := &Layer{In: in, Out: len(f.Nodes), Edges: make([]*Edge, in*len(f.Nodes))}
	for _, name := range f.Nodes {
		switch name {
		case Sum.String():
			l.Ops = append(l.Ops, Sum)
		case Product.String():
			l.Ops = append(l.Ops, Product)
		default:
			return nil, fmt.Errorf("node of kind %q: want sum or product", name)
		}
	}
	for _, ej := range f.Edges {
		if ej.From < 0 || ej.From >= l.In || ej.To < 0 || ej.To >= l.Out {
			return nil, fmt.Errorf("edge from %d to %d in a layer from %d to %d nodes", ej.From, ej.To, l.In, l.Out)
		}
		if l.Edge(ej.From, ej.To) != nil {
			return nil, fmt.Errorf("edge from %d to %d stands twice", ej.From, ej.To)
		}
		e, err := ej.decode(resolve)
		if err != nil {
			return nil, fmt.Errorf("edge from %d to %d: %w", ej.From, ej.To, err)
		}
		l.Edges[ej.To*l.In+ej.From] = e
	}
	for k, e := range l.Edges {
		if e == nil {
			l.Edges[k] = ZeroEdge()
		}
	}
	return l, nil
}

func (f *edgeJSON) decode(resolve FuncResolver) (*Edge, error) {
	spline := f.Lo != nil || f.Hi != nil || f.Coef != nil
	named := f.Function != "" || f.Formula != "" || f.A != nil || f.B != nil || f.C != nil || f.D != nil
	switch {
	case spline == named:
		return nil, errors.New("want either lo, hi and coef of a spline or a function with a, b, c and d")
	case spline:
		if f.Lo == nil || f.Hi == nil || len(f.Coef) <= bspline.Degree {
			return nil, fmt.Errorf("spline wants lo, hi and at least %d coefficients", bspline.Degree+1)
		}
		grid := bspline.Grid{Lo: *f.Lo, Hi: *f.Hi, N: len(f.Coef) - bspline.Degree}
		return &Edge{Kind: Spline, Spline: &bspline.Spline{Grid: grid, Coef: f.Coef}, Fixed: f.Fixed}, nil
	}
	if f.Function == "" || f.A == nil || f.B == nil || f.C == nil || f.D == nil {
		return nil, errors.New("named edge wants function, a, b, c and d")
	}
	fn, err := resolve(f.Function, f.Formula)
	if err != nil {
		return nil, err
	}
	if fn == nil {
		return nil, fmt.Errorf("unknown function %q", f.Function)
	}
	return &Edge{Kind: Named, Func: fn, A: *f.A, B: *f.B, C: *f.C, D: *f.D, Fixed: f.Fixed}, nil
}

func powerOfTwo(x float64) bool {
	m, _ := math.Frexp(x)
	return m == 0.5 && finite(x)
}

// indentJSON breaks compact JSON into lines, one an object of the innermost
// kind, and leaves arrays of numbers on theirs: what a person compares, version
// against version, is edges.
func indentJSON(b *bytes.Buffer, text []byte) {
	depth := 0
	newline := func() {
		b.WriteByte('\n')
		for range depth {
			b.WriteByte(' ')
		}
	}
	quoted := false
	for i, c := range text {
		if quoted {
			b.WriteByte(c)
			// Compact JSON escapes quotes by one backslash, which may itself
			// be escaped.
			if c == '"' && !escaped(text, i) {
				quoted = false
			}
			continue
		}
		switch c {
		case '"':
			quoted = true
			b.WriteByte(c)
		case '[':
			b.WriteByte(c)
			if i+1 < len(text) && text[i+1] == '{' {
				depth++
				newline()
			}
		case ']':
			if text[i-1] == '}' {
				depth--
				newline()
			}
			b.WriteByte(c)
		case ',':
			b.WriteByte(c)
			if text[i-1] == '}' || text[i-1] == ']' && text[i+1] == '{' {
				newline()
			} else {
				b.WriteByte(' ')
			}
		case ':':
			b.WriteString(": ")
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\n')
}

// escaped reports whether the byte at i follows an odd number of backslashes.
func escaped(text []byte, i int) bool {
	n := 0
	for i--; i >= 0 && text[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}
