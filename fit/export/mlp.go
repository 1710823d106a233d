package export

import (
	"errors"

	"github.com/kansym/kansym/kan/relu"
)

// perceptron is the JSON of an MLP: layer l computes
// activation(weights*x + bias) unit by unit.
type perceptron struct {
	Format  string      `json:"format"` // "kansym-mlp"
	Version int         `json:"version"`
	Target  string      `json:"target"`
	Inputs  []jsonInput `json:"inputs"`
	*relu.Network
}

func (p *piece) mlp() ([]byte, error) {
	if p.network == nil {
		return nil, errors.New("a formula is no network: export a model of kansym train or fit --model")
	}
	n, err := relu.From(p.network, relu.Options{Pieces: p.opt.Pieces})
	if err != nil {
		return nil, err
	}
	// Inputs that do not matter have no weights.
	var keep []int
	d := perceptron{Format: "kansym-mlp", Version: 1, Target: p.target, Inputs: []jsonInput{}, Network: n}
	for i, in := range p.all {
		if p.live.nodes[0][i] {
			keep = append(keep, i)
			d.Inputs = append(d.Inputs, jsonInput{Name: in.Name, Column: in.Column})
		}
	}
	for k, row := range n.Layers[0].Weights {
		short := make([]float64, len(keep))
		for to, from := range keep {
			short[to] = row[from]
		}
		n.Layers[0].Weights[k] = short
	}
	n.Inputs = len(keep)
	return layJSON(d)
}
