package symbolic

import (
	"slices"
	"strings"

	"github.com/kansym/kansym/library"
)

// Identifier returns how a variable is called in a language: by its own name, but
// with an underscore after it where the language, or what is printed in it, uses
// the name itself ("lambda" in Python, "func" in Go, "double" in C). Names that
// differ stay different.
func Identifier(name string, lang library.Language) string {
	stem := strings.TrimRight(name, "_")
	if slices.Contains(keywords[lang], stem) {
		return name + "_"
	}
	return name
}

var pythonWords = strings.Fields(`False None True and as assert async await break class continue def del elif else
	except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield`)

// keywords are the names that a variable cannot have, by language.
var keywords = map[library.Language][]string{
	library.LangPy:    append([]string{"np", "scipy"}, pythonWords...),
	library.LangSymPy: append([]string{"sympy"}, pythonWords...),
	library.LangGo: strings.Fields(`break case chan const continue default defer else fallthrough for func go goto if
		import interface map package range return select struct switch type var math cmp float64`),
	library.LangC: strings.Fields(`auto break case char const continue default do double else enum extern float for goto
		if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void
		volatile while pow fabs NAN INFINITY M_PI`),
}
