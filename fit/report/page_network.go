package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

type edgeRowView struct {
	Place, From, To, Formula, RMSE, R2, Share, Others string
	Picture                                           template.HTML
}

// viewNetwork draws the network and its edges.
func (p *Page) viewNetwork(v *pageView) error {
	if p.Network == nil {
		return nil
	}
	n := *p.Network
	cols, err := inputsOf(&n, p.Table)
	if err != nil {
		return err
	}
	n.Cols, n.Inputs, n.Target = cols, nil, p.Table.Columns[p.Table.Target]
	for _, name := range n.Net.Inputs {
		n.Inputs = append(n.Inputs, p.Table.Columns[slices.Index(p.Table.Names, name)])
	}
	curves, err := n.curves()
	if err != nil {
		return err
	}
	picture, err := NetworkPicture(&n)
	if err != nil {
		return err
	}
	narrow := layOut(&n, curves, narrowGap, narrowName).picture()
	v.Networks = []networkView{viewPicture("wide", picture, 0.85), viewPicture("narrow", narrow, 0.78)}
	v.NetworkNote = fmt.Sprintf("Network [%s] with %s and %s.", joinInts(n.Net.Shape()), count(len(curves), "edge"), count(n.Net.NumParams(), "parameter"))
	if info := p.Result.Network; info != nil && info.RMSEHeldout > 0 {
		v.NetworkNote = fmt.Sprintf("%s Held-out RMSE %s.", v.NetworkNote, number(info.RMSEHeldout))
	}
	if p.Result.Best != nil {
		v.NetworkNote += " The constants of the formula were fitted to the data, not to these curves."
	}
	var compared []symbolic.EdgeRow
	for i := range curves {
		c := &curves[i]
		row := edgeRowView{
			Place: c.place(), From: n.nodeName(c.layer, c.from), To: n.nodeName(c.layer+1, c.to),
			Share: percent(c.share), Formula: "a spline, not named", Picture: inline(curvePicture(c)),
		}
		if c.layer == len(n.Net.Layers)-1 {
			row.To = clean(n.Target)
		}
		if c.named != nil {
			row.Formula = brief(c.name)
			if e := n.expression(c); e != nil {
				row.Formula = e.FormatDigits(library.LangText, 4)
			}
		}
		if c.compared {
			row.RMSE, row.R2 = number(c.rmse), r2(c.r2)
			compared = append(compared, symbolic.EdgeRow{RMSE: c.rmse, Alternatives: c.alternatives})
		}
		var others []string
		for _, m := range c.alternatives {
			others = append(others, fmt.Sprintf("%s (%s)", brief(m.Func.Name), number(m.RMSE)))
		}
		row.Others = strings.Join(others, ", ")
		v.Edges = append(v.Edges, row)
	}
	v.EdgeNote = symbolic.EdgeNote(compared)
	return nil
}

// networkView is a picture for screens of a kind.
type networkView struct {
	Class        string
	Picture      template.HTML
	Width, Least int // points; below Least it is scrolled rather than made smaller
}

// viewPicture is a picture that is legible down to a share of its size.
func viewPicture(class string, p *Picture, legible float64) networkView {
	return networkView{class, inline(p), int(p.Width), int(p.Width * legible)}
}

// curvePicture is the curve of an edge alone.
func curvePicture(c *edgeCurve) *Picture {
	const width, height = 62, 32
	return &Picture{Width: width, Height: height, Title: "Edge " + c.place() + ", " + plainForm(c), draw: func(dc draw.Canvas) {
		drawCurve(dc, dc.Rectangle, c, 1)
	}}
}
