package report

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
)

// Page is what HTML shows.
type Page struct {
	// Result has the formulas, of which each must have its Expr. Without a Best
	// the page is about the network alone.
	Result *fit.Result

	// Table is the data, whose inputs are the variables of the formulas.
	Table *table.Table

	// Heldout tells the rows of Table that nothing was fitted to; nil if that is
	// unknown.
	Heldout []bool

	// Network is drawn; nil for none. Its Cols are taken from Table.
	Network *Network

	// Constants are the names of the constants of the chosen formula, if they
	// have any.
	Constants []Name

	// Command is the command line that made the page, and Version the version of
	// the program, for those who want to repeat it.
	Command, Version string
}

var (
	//go:embed page.html.tmpl
	pageText string
	//go:embed page.css
	pageStyle string
)

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// HTML writes the page as one file that needs nothing else: no script, no font,
// no picture from elsewhere. The same page gives the same bytes; the seconds that
// the search took are left out for that reason. The error says what does not fit
// together, or is w's.
func HTML(w io.Writer, p *Page) error {
	v, err := p.view()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, v); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// pageView is the page as the template needs it: text, and pictures and formulas
// that are HTML already.
type pageView struct {
	Title, Target, Source, Subject string
	Style                          template.CSS

	Formula   []template.HTML // terms; nil without a formula
	Size      string          // see fontSize
	Sure      []string
	Warnings  []string
	Constants []constantView
	Where     bool   // some constant has a place in the formula
	Snapped   string // by which rule exact numbers replaced constants, if any did

	Front       []formulaView
	FrontWide   *frontView
	FrontNarrow *frontView

	Rows     *keyedPictures // of a network without a formula
	Inputs   *keyedPictures
	DrawNote string

	Networks    []networkView
	NetworkNote string
	Edges       []edgeRowView
	EdgeNote    string // on their table, if it needs one

	Structure, Found []string
	Columns          []columnView
	DataLine         string
	Missing          string
	Command, Version string
	Facts            []factView
}

type factView struct{ Name, Value string }

// keyedPictures are pictures that share a key.
type keyedPictures struct {
	Key      template.HTML
	Pictures []template.HTML
}

func inline(p *Picture) template.HTML { return template.HTML(p.svg(false)) } //nolint:gosec // text in it is escaped

func (p *Page) view() (*pageView, error) {
	r, t := p.Result, p.Table
	if r == nil || t == nil {
		return nil, errors.New("a page needs a result and its table")
	}
	if p.Heldout != nil && len(p.Heldout) != t.Rows() {
		return nil, fmt.Errorf("%d rows in the table and %d marks of those held out", t.Rows(), len(p.Heldout))
	}
	v := &pageView{
		Target: clean(t.Columns[t.Target]), Source: clean(t.Source), Style: template.CSS(pageStyle), //nolint:gosec // our own
		Warnings: r.Warnings, Structure: structure(r), Found: r.Found,
		Command: p.Command, Version: p.Version,
	}
	v.Subject = "A formula for "
	if r.Best == nil {
		v.Subject = "A network for "
	}
	v.Title = v.Subject + v.Target
	if err := p.viewFormulas(v); err != nil {
		return nil, err
	}
	if err := p.viewNetwork(v); err != nil {
		return nil, err
	}
	p.viewFit(v)
	p.viewData(v)
	return v, nil
}

// target is the identifier of the target.
func (p *Page) target() string { return p.Table.Names[p.Table.Target] }
