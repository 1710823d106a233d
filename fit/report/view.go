package report

import "github.com/kansym/kansym/symbolic"

// edgeView is an edge of the network as JSON documents it.
type edgeView struct {
	Layer        int         `json:"layer"`
	From         int         `json:"from"`
	To           int         `json:"to"`
	Name         string      `json:"name"`
	A            float64     `json:"a"`
	B            float64     `json:"b"`
	C            float64     `json:"c"`
	D            float64     `json:"d"`
	RMSE         float64     `json:"rmse"`
	R2           float64     `json:"r2"`
	Alternatives []matchView `json:"alternatives"`
}

// matchView is a runner-up for the name of an edge.
type matchView struct {
	Name string  `json:"name"`
	RMSE float64 `json:"rmse"`
	R2   float64 `json:"r2"`
}

func viewEdge(e symbolic.EdgeRow) edgeView {
	v := edgeView{
		Layer: e.Layer, From: e.From, To: e.To, Name: e.Name, A: e.A, B: e.B, C: e.C, D: e.D,
		RMSE: e.RMSE, R2: e.R2, Alternatives: []matchView{},
	}
	for _, m := range e.Alternatives {
		v.Alternatives = append(v.Alternatives, matchView{Name: m.Func.Name, RMSE: m.RMSE, R2: m.R2})
	}
	return v
}
