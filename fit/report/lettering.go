package report

import (
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// Marks in text that lettering sets: what stands between raise or lower and
// level is a superscript or a subscript. clean keeps them out of names.
const (
	raise = '\uE000'
	lower = '\uE001'
	level = '\uE002'
)

func superscript(s string) string { return string(raise) + s + string(level) }

// lettering sets text on one line or several, with superscripts and subscripts.
type lettering struct{ fonts *font.Cache }

var _ text.Handler = lettering{}

// fontCache is read only after it was made, and locked by itself.
var fontCache = sync.OnceValue(func() *font.Cache { return font.NewCache(liberation.Collection()) })

func (l lettering) Cache() *font.Cache { return l.fonts }

func (l lettering) Extents(f font.Font) font.Extents {
	face := l.fonts.Lookup(f, f.Size)
	return face.Extents()
}

func (l lettering) Lines(txt string) []string { return strings.Split(txt, "\n") }

// run is a stretch of text of one size; shift is its height above the base
// line in sizes of the font.
type run struct {
	text        string
	size, shift vg.Length
}

func runs(line string) []run {
	var out []run
	now := run{size: 1}
	flush := func(next run) {
		if now.text != "" {
			out = append(out, now)
		}
		now = next
	}
	for _, r := range line {
		switch r {
		case raise:
			flush(run{size: 0.72, shift: 0.36})
		case lower:
			flush(run{size: 0.72, shift: -0.16})
		case level:
			flush(run{size: 1})
		default:
			now.text += string(r)
		}
	}
	flush(run{})
	return out
}

func (l lettering) width(line string, f font.Font) vg.Length {
	w := vg.Length(0)
	for _, r := range runs(line) {
		face := l.fonts.Lookup(f, f.Size*r.size)
		w += face.Width(r.text)
	}
	return w
}

func (l lettering) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	e := l.Extents(f)
	return l.width(txt, f), e.Ascent, e.Descent
}

// Draw writes the text as text.Plain does.
func (l lettering) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	if txt == "" {
		return
	}
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
	}
	sin64, cos64 := math.Sincos(sty.Rotation)
	sin, cos := vg.Length(sin64), vg.Length(cos64)
	pt.X, pt.Y = pt.Y*sin+pt.X*cos, pt.Y*cos-pt.X*sin
	lines := l.Lines(txt)
	pt.Y += sty.Height(txt)*vg.Length(sty.YAlign) - l.Extents(sty.Font).Ascent
	for i, line := range lines {
		at := pt.Add(vg.Point{
			X: vg.Length(sty.XAlign) * l.width(line, sty.Font),
			Y: vg.Length(len(lines)-i) * sty.Font.Size,
		})
		for _, r := range runs(line) {
			face := l.fonts.Lookup(sty.Font, sty.Font.Size*r.size)
			c.FillString(face, at.Add(vg.Point{Y: r.shift * sty.Font.Size}), r.text)
			at.X += face.Width(r.text)
		}
	}
}

// sans is the letter of all pictures.
func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// outlined fills the outlines of letters instead of naming a font and the code
// of each letter, for formats whose fonts have Western letters only.
type outlined struct{ vg.Canvas }

func (o outlined) FillString(f font.Face, pt vg.Point, s string) {
	var (
		buf   sfnt.Buffer
		em    = fixed.Int26_6(f.Face.UnitsPerEm())
		scale = f.Font.Size / vg.Length(em)
		path  vg.Path
		last  sfnt.GlyphIndex
	)
	for i, r := range []rune(s) {
		glyph, err := f.Face.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if i > 0 {
			if k, err := f.Face.Kern(&buf, last, glyph, em, 0); err == nil {
				pt.X += vg.Length(k) * scale
			}
		}
		last = glyph
		at := func(p fixed.Point26_6) vg.Point {
			return vg.Point{X: pt.X + vg.Length(p.X)*scale, Y: pt.Y - vg.Length(p.Y)*scale}
		}
		segments, err := f.Face.LoadGlyph(&buf, glyph, em, nil)
		if err != nil {
			continue
		}
		for k, g := range segments {
			switch g.Op {
			case sfnt.SegmentOpMoveTo:
				if k > 0 {
					path.Close()
				}
				path.Move(at(g.Args[0]))
			case sfnt.SegmentOpLineTo:
				path.Line(at(g.Args[0]))
			case sfnt.SegmentOpQuadTo:
				path.QuadTo(at(g.Args[0]), at(g.Args[1]))
			case sfnt.SegmentOpCubeTo:
				path.CubeTo(at(g.Args[0]), at(g.Args[1]), at(g.Args[2]))
			}
		}
		if len(segments) > 0 {
			path.Close()
		}
		if a, err := f.Face.GlyphAdvance(&buf, glyph, em, 0); err == nil {
			pt.X += vg.Length(a) * scale
		}
	}
	if len(path) > 0 {
		o.Fill(path)
	}
}

// clean makes a name from a file fit to be drawn: what is no visible character
// (controls, marks of direction, private use) is left out, blanks are one.
func clean(name string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsPrint(r):
			return -1
		}
		return r
	}, name)), " ")
}

// fitText breaks text into at most so many lines of the given width, at blanks
// and underscores if it can, and ends what is too long in an ellipsis.
func fitText(txt string, f font.Font, width vg.Length, lines int) string {
	return fitAt(txt, f, width, lines, func(runes []rune, k int) bool {
		return runes[k-1] == '_' || runes[k-1] == ' ' || runes[k] == ' '
	}, false)
}

// fitFormula breaks a formula as fitText does text, before its operators if it can.
func fitFormula(txt string, f font.Font, width vg.Length, lines int) string {
	before := map[int]bool{}
	at := 0
	for _, piece := range breakable(txt) {
		before[at] = true
		at += utf8.RuneCountInString(piece)
	}
	all := utf8.RuneCountInString(txt)
	cut := min(all, mostFitted)
	return fitAt(txt, f, width, lines, func(rest []rune, k int) bool { return before[cut-len(rest)+k] }, true)
}

// mostFitted is how many runes are looked at; what is beyond would be cut in any case.
const mostFitted = 400

// fitAt breaks text before the runes of the rest where it may, and where there is
// none in the second half of a line anywhere. If ends is set lines end there however
// short they get, and the last one is cut there too.
func fitAt(txt string, f font.Font, width vg.Length, lines int, may func(rest []rune, k int) bool, ends bool) string {
	back := func(rest []rune, n int) int {
		least := n / 2
		if ends {
			least = 0
		}
		for k := n; k > least; k-- {
			if may(rest, k) {
				return k
			}
		}
		return n
	}
	l := lettering{fontCache()}
	rest := []rune(txt)
	rest = rest[:min(len(rest), mostFitted)]
	var out []string
	for len(rest) > 0 {
		n := len(rest)
		for n > 1 && l.width(string(rest[:n]), f) > width {
			n--
		}
		switch {
		case n == len(rest):
		case len(out) == lines-1:
			for n > 1 && l.width(string(rest[:n])+"…", f) > width {
				n--
			}
			if ends {
				n = back(rest, n)
			}
			return strings.Join(append(out, strings.TrimRight(string(rest[:n]), " _")+"…"), "\n")
		default:
			n = back(rest, n)
		}
		out = append(out, strings.TrimSpace(string(rest[:n])))
		rest = []rune(strings.TrimLeft(string(rest[n:]), " "))
	}
	return strings.Join(out, "\n")
}
