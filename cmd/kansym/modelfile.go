package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/kansym/kansym/kan"
	"github.com/kansym/kansym/kan/jsontext"
	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// modelFile is a file that a command line names as its model. One of network,
// formula and result is not nil.
type modelFile struct {
	path string
	text []byte
	v    *vocabulary // with the functions that the file defines

	network *kan.Model
	formula *formulaModel // of a file of a formula
	result  *formulaModel // the best formula of a result of kansym fit --json
	told    *toldErrors   // of a result
}

// mostModelBytes bounds the files that are taken for models.
const mostModelBytes = 64 << 20

// fileOrFormula reads the file of that name, or else the formula that what is,
// with the left side of it if it is an equation.
func fileOrFormula(what string, v *vocabulary) (f *modelFile, target string, e *symbolic.Expr, err error) {
	left, formula := splitEquation(what)
	e, err = symbolic.Parse(formula, symbolic.ParseOptions{Functions: v.set})
	info, serr := os.Stat(what)
	switch {
	case serr == nil && info.IsDir() && err != nil:
		return nil, "", nil, fmt.Errorf("%s is a directory; name a model file or give a formula", what)
	case serr == nil && !info.IsDir():
		f, err = readModelFile(what, v)
		return f, "", nil, err
	case err != nil && pathLike.MatchString(what):
		return nil, "", nil, fmt.Errorf("%s: no such file; give a model, a result of kansym fit --json, or a formula", what)
	case err != nil:
		return nil, "", nil, err
	}
	return nil, left, e, nil
}

// readModelFile reads a model or a result. What is wrong with a file is said in
// the same words by every command.
func readModelFile(path string, v *vocabulary) (*modelFile, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, mostModelBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(text) > mostModelBytes:
		return nil, fmt.Errorf("%s: is larger than %d MB, which no model is", path, mostModelBytes>>20)
	}
	f := &modelFile{path: path, text: text, v: v}
	if err := f.decode(); err != nil {
		return nil, inFile(path, err)
	}
	return f, nil
}

func (f *modelFile) decode() error {
	const none = "is neither a model of kansym fit --model nor a result of kansym fit --json"
	start := bytes.TrimSpace(f.text)
	switch {
	case len(start) == 0:
		return errors.New("the file is empty")
	case start[0] != '{':
		return errors.New(none + "; the model comes first and the data second")
	}
	var head struct {
		formulaModel
		Best *struct {
			Expression  string   `json:"expression"`
			RMSETrain   *float64 `json:"rmse_train"`
			RMSEHeldout *float64 `json:"rmse_heldout"`
		} `json:"best"`
	}
	if err := json.Unmarshal(f.text, &head); err != nil {
		return jsontext.Explain(f.text, err)
	}
	switch {
	case head.Format == kan.FormatName:
		m, err := decodeNetwork(bytes.NewReader(f.text), f.v)
		f.network = m
		return err
	case head.Format == formulaFormat && head.Version > formulaVersion, head.Best != nil && head.Version > 1:
		return fmt.Errorf("was written by a newer kansym (version %d of the format); use that one", head.Version)
	case head.Best != nil:
		head.Expression = head.Best.Expression
		f.result = &head.formulaModel
		if e := head.Best; e.RMSETrain != nil && e.RMSEHeldout != nil {
			f.told = &toldErrors{*e.RMSETrain, *e.RMSEHeldout}
		}
	case head.Format == formulaFormat:
		f.formula = &head.formulaModel
	default:
		return errors.New(none)
	}
	if len(head.Functions) > 0 {
		defs := append(append([]string(nil), head.Functions...), f.v.definitions...)
		v, err := newVocabulary("", defs)
		if err != nil {
			return err
		}
		f.v = v
	}
	return nil
}

// decodeNetwork reads a model that holds a network. Functions that are not built
// in are defined in the file or by v.
func decodeNetwork(in io.Reader, v *vocabulary) (*kan.Model, error) {
	m, err := kan.Load(in, func(name, formula string) (*library.Func, error) {
		if f, ok := library.Lookup(name); ok && formula == "" {
			return f, nil
		}
		if f, ok := v.set.Lookup(name); ok {
			return f, nil
		}
		if formula == "" {
			return nil, errors.New("unknown function " + name + "; define it with --function")
		}
		return symbolic.ParseFunction(name+"(x)="+formula, v.set)
	})
	if err != nil {
		return nil, err
	}
	for _, name := range m.Network.Inputs {
		if e, err := symbolic.Parse(name, symbolic.ParseOptions{}); err != nil || e.Kind() != symbolic.KindVar || e.Name() != name {
			return nil, fmt.Errorf("the input %q cannot be a variable of a formula; call it by a letter and letters, digits or underscores after it", name)
		}
	}
	if err := m.Network.CheckRange(); err != nil {
		return nil, err
	}
	if err := m.Network.CheckReached(); err != nil {
		return nil, err
	}
	return m, nil
}

// openNetwork reads a model file that must hold a network.
func openNetwork(path string, v *vocabulary) (*kan.Model, error) {
	f, err := readModelFile(path, v)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file; train a network first, as in: kansym train DATA -m %s --shape 2,5,1", path, path)
	case err != nil && errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("%s: permission denied; make the file readable", path)
	case err != nil:
		return nil, err
	case f.result != nil:
		return nil, fmt.Errorf("%s: holds the result of a search and no network; kansym fit --model writes one, and kansym train trains one", path)
	case f.network == nil:
		return nil, fmt.Errorf("%s: holds a formula and no network; train one with kansym train", path)
	}
	return f.network, nil
}
