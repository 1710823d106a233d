package report

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"io"
	"path/filepath"
	"regexp"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Format is a kind of picture file.
type Format string

// The formats of pictures.
const (
	SVG Format = "svg"
	PNG Format = "png"
	PDF Format = "pdf"
)

// FormatOf tells the format from the ending of a file's name.
func FormatOf(path string) (Format, error) {
	switch f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))); f {
	case SVG, PNG, PDF:
		return f, nil
	}
	return "", fmt.Errorf("%s: the name must end in .svg, .png or .pdf, which says what to draw", path)
}

// Picture is a drawing that is made when it is written. It may be written
// several times, in any format; the same picture gives the same bytes.
type Picture struct {
	// Width and Height are in points of 1/72 inch.
	Width, Height float64
	// Title says in a sentence what can be seen, for those who cannot see it.
	Title string

	draw func(dc draw.Canvas)
}

// pixelsPerInch is the resolution of PNG files.
const pixelsPerInch = 200

// Write draws the picture on white ground. The error is w's.
func (p *Picture) Write(w io.Writer, f Format) error {
	width, height := vg.Length(p.Width), vg.Length(p.Height)
	var out []byte
	switch f {
	case PNG:
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(pixelsPerInch), vgimg.UseBackgroundColor(color.White))
		p.draw(draw.New(c))
		var b bytes.Buffer
		if _, err := (vgimg.PngCanvas{Canvas: c}).WriteTo(&b); err != nil {
			return fmt.Errorf("draw picture: %w", err)
		}
		out = b.Bytes()
	case PDF:
		c := vgpdf.New(width, height)
		c.EmbedFonts(false)
		p.draw(draw.NewCanvas(outlined{c}, width, height))
		var b bytes.Buffer
		if _, err := c.WriteTo(&b); err != nil {
			return fmt.Errorf("draw picture: %w", err)
		}
		out = timeless(b.Bytes())
	default:
		out = []byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + p.svg(true))
	}
	if _, err := w.Write(out); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}

var pdfDate = regexp.MustCompile(`/(CreationDate|ModDate) \(D:[0-9]{14}`)

// timeless sets the dates of a PDF file to a fixed one of the same length, which
// leaves the places in its table of contents right.
func timeless(pdf []byte) []byte {
	return pdfDate.ReplaceAll(pdf, []byte("/$1 (D:20000101000000"))
}

var (
	svgHead = regexp.MustCompile(`(?s)^.*?<svg [^>]*>`)
	svgFont = regexp.MustCompile(`style="font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal`)
)

// svg returns the picture as an svg element, with a ground if it stands alone.
// Where Liberation Sans is missing, its metrics are those of Arial.
func (p *Picture) svg(alone bool) string {
	c := vgsvg.New(vg.Length(p.Width), vg.Length(p.Height))
	p.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		panic("report: a buffer cannot fail")
	}
	// Quotes in text are escaped, so that neither pattern is found in it.
	body := svgHead.ReplaceAllString(b.String(), "")
	body = svgFont.ReplaceAllString(body, `style="font-family:'Liberation Sans',Arial,Helvetica,sans-serif`)
	title := html.EscapeString(p.Title)
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%.5gpt" height="%.5gpt" viewBox="0 0 %.5g %.5g" role="img" aria-label="%s">`,
		p.Width, p.Height, p.Width, p.Height, title)
	if alone {
		head += fmt.Sprintf("\n<title>%s</title>\n"+`<rect width="100%%" height="100%%" fill="#ffffff"/>`, title)
	}
	return head + "\n" + strings.TrimSpace(body) + "\n"
}

// The colours, which stay apart for the colour-blind and as shades of grey (M.
// Okabe and K. Ito, Color Universal Design, 2008).
var (
	ink    = color.NRGBA{R: 0x1c, G: 0x1c, B: 0x1c, A: 0xff}
	quiet  = color.NRGBA{R: 0x59, G: 0x59, B: 0x59, A: 0xff} // labels and axes
	faint  = color.NRGBA{R: 0xb4, G: 0xb4, B: 0xb4, A: 0xff} // what lies behind
	blue   = color.NRGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}
	orange = color.NRGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}
)

// fade mixes a colour with white; 1 leaves it as it is. Mixed colours look the
// same in every format and in print, where transparency does not.
func fade(c color.NRGBA, strength float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(255 - (255-float64(v))*strength + 0.5) }
	return color.NRGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xff}
}

// style is how text is set.
func style(size vg.Length, c color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{Color: c, Font: sans(size), XAlign: x, YAlign: y, Handler: lettering{fontCache()}}
}

func textWidth(s string, size vg.Length) vg.Length {
	w := vg.Length(0)
	l := lettering{fontCache()}
	for line := range strings.SplitSeq(s, "\n") {
		w = max(w, l.width(line, sans(size)))
	}
	return w
}
