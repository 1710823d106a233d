package export

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/kansym/kansym/library"
	"github.com/kansym/kansym/symbolic"
)

// The languages that have variables.
var languages = map[Format]library.Language{
	SymPy: library.LangSymPy, Python: library.LangPy, Go: library.LangGo, C: library.LangC,
	Julia: library.LangJulia, MATLAB: library.LangMATLAB,
}

var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// plainName reports whether every language reads name. MATLAB cuts names after
// 63 characters; 40 leave room for what helper functions are called.
func plainName(name string) bool { return plain.MatchString(name) && len(name) <= 40 }

// reservedSomewhere reports whether formulas or a language use the name.
func reservedSomewhere(name string) bool {
	if symbolic.ReservedName(name) {
		return true
	}
	for _, lang := range languages {
		if symbolic.Identifier(name, lang) != name {
			return true
		}
	}
	return false
}

// spelled are letters that are written by several, or are no letter with an accent.
var spelled = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'Ä': "Ae", 'Ö': "Oe", 'Ü': "Ue", 'ẞ': "SS",
	'æ': "ae", 'ø': "o", 'å': "aa", 'œ': "oe", 'Æ': "Ae", 'Ø': "O", 'Å': "Aa", 'Œ': "Oe",
	'þ': "th", 'ð': "d", 'đ': "d", 'ł': "l", 'ı': "i", 'Þ': "Th", 'Ð': "D", 'Đ': "D", 'Ł': "L",
}

// transliterate writes a letter in ASCII: a Greek one by its name, one with an
// accent without; "" if it cannot.
func transliterate(r rune) string {
	if s := spelled[r]; s != "" {
		return s
	}
	if name, ok := strings.CutPrefix(symbolic.Var(string(r)).Format(library.LangLaTeX), `\`); ok && plain.MatchString(name) {
		return name
	}
	if base := norm.NFD.String(string(r)); base[0] < unicode.MaxASCII && unicode.IsLetter(rune(base[0])) {
		return base[:1]
	}
	return ""
}

// identifier makes a name of ASCII letters of any text; "" if nothing is left or a
// letter has no such name, for what is left then says something else.
func identifier(text string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case unicode.IsLetter(r):
			s := transliterate(r)
			if s == "" {
				return ""
			}
			b.WriteString(s)
		case !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	name := strings.Trim(b.String(), "_")
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "n" + name
	}
	return name
}

// functionName is predict_ and the target, which no library has.
func functionName(target string) string {
	name := identifier(target)
	if name == "" {
		name = "formula"
	}
	if name = "predict_" + name; len(name) > 40 {
		name = strings.TrimRight(name[:40], "_")
	}
	return name
}

// camel turns predict_mass into PredictMass, the style of Go.
func camel(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// Letters that Python and Julia take for one another.
var sameLetter = strings.NewReplacer("\u00b5", "\u03bc", "\u2126", "\u03a9", "\u212b", "\u00c5")

// ownName reports whether a piece whose function has the given name may use name
// itself, for the function, a table or a helper.
func ownName(name, function string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimLeft(name, "_")), strings.ToLower(function))
	rest = strings.TrimPrefix(rest, "_")
	return ok && (rest == "" || strings.HasPrefix(rest, "edge") || slices.Contains(helperOrder, rest))
}

// arguments returns what the inputs are called in a language, all different,
// none reserved, and none that the piece of the given function uses itself.
func arguments(inputs []Input, lang library.Language, function string) []string {
	ascii := lang == library.LangMATLAB || lang == library.LangC
	taken := map[string]bool{}
	names := make([]string, len(inputs))
	own := func(name string) bool { return ownName(name, function) }
	free := func(name string) bool {
		return !taken[sameLetter.Replace(name)] && symbolic.Identifier(name, lang) == name && !own(name)
	}
	take := func(i int, name string) {
		names[i] = name
		taken[sameLetter.Replace(name)] = true
	}
	var odd []int
	for i, in := range inputs {
		name := symbolic.Identifier(in.Name, lang)
		readable := !ascii || plain.MatchString(name)
		if lang == library.LangMATLAB && len(name) > 63 || strings.Trim(name, "_") == "" {
			readable = false
		}
		if readable && !taken[sameLetter.Replace(name)] && !own(name) {
			take(i, name)
		} else {
			odd = append(odd, i)
		}
	}
	for _, i := range odd {
		name := identifier(inputs[i].Name)
		if len(name) > 40 {
			name = name[:40]
		}
		for k, stem := 0, name; name == "" || !free(name) || symbolic.ReservedName(name); k++ {
			if stem == "" || own(stem) {
				stem = "x"
			}
			name = stem + strconv.Itoa(i+1+k*len(inputs))
		}
		take(i, name)
	}
	return names
}

// rename returns e over other names for the inputs, such that it prints with
// them in the language.
func rename(e *symbolic.Expr, inputs []Input, names []string, lang library.Language) *symbolic.Expr {
	m := map[string]*symbolic.Expr{}
	for i, in := range inputs {
		if names[i] != symbolic.Identifier(in.Name, lang) {
			m[in.Name] = symbolic.Var(names[i])
		}
	}
	return e.Subst(m)
}

// note says which column an input was, safely within a comment of any language:
// line ends and quotes are escaped.
func note(in Input) string {
	return "column " + strconv.QuoteToGraphic(in.Column)
}

// fresh returns a name with the given stem that is none of the taken ones.
func fresh(stem string, taken []string) string {
	for slices.Contains(taken, stem) {
		stem += "_"
	}
	return stem
}
