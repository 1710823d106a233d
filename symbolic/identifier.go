package symbolic

import (
	"slices"
	"strings"

	"github.com/kansym/kansym/library"
)

// Identifier returns how a variable is called in a language: by its own name, but
// with an underscore after it where the language, or what is printed in it, uses
// the name itself ("lambda" in Python, "func" in Go, "double" in C) or cannot read
// it ("_" in Go). Names that differ stay different. What letters a name has is
// not looked at: MATLAB and older C know ASCII alone.
func Identifier(name string, lang library.Language) string {
	stem := strings.TrimRight(name, "_")
	if slices.Contains(keywords[lang], stem) || stem == "" && lang == library.LangGo {
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
		volatile while pow fabs NAN INFINITY M_PI ` + cMacros + cNewWords),
	library.LangJulia: strings.Fields(`baremodule begin break catch const continue do else elseif end export false finally
		for function global if import let local macro module quote return struct true try using where while in isa
		NaN Inf SpecialFunctions Float64 Real DomainError`),
	library.LangMATLAB: strings.Fields(`break case catch classdef continue else elseif end for function global if otherwise
		parfor persistent return spmd switch try while realsqrt reallog realpow nthroot NaN Inf
		do until endif endfor endfunction endwhile endswitch end_try_catch unwind_protect unwind_protect_cleanup
		end_unwind_protect`),
}

// cMacros are what math.h and compilers define besides, cNewWords the words
// that newer C and C++, which includes C, took.
const (
	cMacros = ` M_E M_LOG2E M_LOG10E M_LN2 M_LN10 M_PI_2 M_PI_4 M_1_PI M_2_PI M_2_SQRTPI M_SQRT2 M_SQRT1_2 HUGE_VAL NULL
		FP_NAN FP_INFINITE FP_ZERO FP_SUBNORMAL FP_NORMAL linux unix i386 `
	cNewWords = ` alignas alignof bool constexpr false nullptr static_assert thread_local true typeof
		and asm bitand bitor catch class compl const_cast delete explicit export friend mutable namespace new noexcept
		operator or private protected public reinterpret_cast static_cast template this throw try typeid typename using
		virtual wchar_t xor not`
)
