package library

// Language is a notation in which formulas are printed.
type Language string

// The output languages.
const (
	LangExpr  Language = "expr"  // expr-lang, kansym's own notation
	LangText  Language = "text"  // plain text for reading
	LangLaTeX Language = "latex" // LaTeX math
	LangSymPy Language = "sympy" // Python with SymPy
	LangPy    Language = "python"
	LangGo    Language = "go"
	LangC     Language = "c"

	LangJulia  Language = "julia"
	LangMATLAB Language = "matlab" // MATLAB and Octave, element by element
	LangExcel  Language = "excel"  // formulas of Excel, LibreOffice and other spreadsheets
	LangMathML Language = "mathml" // the inside of a MathML math element
)
