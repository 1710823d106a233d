package report

import (
	"encoding/xml"
	"strings"
	"unicode/utf8"
)

// mathWidth estimates how wide MathML is set, in sizes of its font. It is meant
// to err on the wide side; text that is not well formed is as wide as it is long.
func mathWidth(text string) float64 {
	d := xml.NewDecoder(strings.NewReader("<mrow>" + text + "</mrow>"))
	if _, err := d.Token(); err != nil {
		return float64(len(text))
	}
	w, err := widthOf(d, "mrow")
	if err != nil {
		return float64(len(text))
	}
	return w
}

// widthOf reads to the end of an element that has begun.
func widthOf(d *xml.Decoder, element string) (float64, error) {
	var parts []float64
	characters := 0
	for {
		t, err := d.Token()
		if err != nil {
			return 0, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			w, err := widthOf(d, t.Name.Local)
			if err != nil {
				return 0, err
			}
			parts = append(parts, w)
		case xml.CharData:
			characters += utf8.RuneCountInString(strings.Trim(string(t), " \n\u2061\u2062"))
		case xml.EndElement:
			return combine(element, parts, characters), nil
		}
	}
}

// combine is the width of an element of so many characters, or of its parts.
func combine(element string, parts []float64, characters int) float64 {
	const (
		letter = 0.56
		space  = 0.56 // of an operator, on both sides together
		script = 0.72 // size of superscripts and subscripts
	)
	sum, widest := 0.0, 0.0
	for _, w := range parts {
		sum += w
		widest = max(widest, w)
	}
	switch element {
	case "mi", "mn":
		return letter * float64(characters)
	case "mo":
		if characters == 0 {
			return 0
		}
		return letter*float64(characters) + space
	case "mspace":
		return 0.17
	case "mfrac":
		return widest + 0.3
	case "msup", "msub":
		if len(parts) == 2 {
			return parts[0] + script*parts[1] + 0.1
		}
	case "msqrt":
		return sum + 0.9
	case "mroot":
		return sum + 0.6
	}
	return sum
}
