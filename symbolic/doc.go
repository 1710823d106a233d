// Package symbolic works with formulas: it reads, evaluates, differentiates,
// fits, simplifies and prints them, and names the curves of a network.
//
// # Formulas
//
// An Expr is an immutable tree. Parse reads one from text in the notation of
// expr-lang, "m/sqrt(1-(v/c)^2)"; Int, Var, Add, Mul, Pow, Call and the like
// build one; Apply applies any function of the library. Integers and their
// quotients are exact, decimals are free (Refit may change them) or fixed.
// Expr.Format prints in all the languages of the library: expr-lang, text,
// LaTeX, MathML, SymPy, Python with NumPy, Go and C. Expr.Derivative
// differentiates, and Expr.Complexity counts what is printed.
//
// ParseFunction turns a definition such as "lorentz(x) = 1/(1+x^2)" into a
// library.Func, with which formulas can be parsed and curves named like with
// those that are built in.
//
// # Evaluation
//
// Compile translates an Expr into a Program, which evaluates columns of data and
// their exact derivatives by constants and by variables, block by block, without
// allocating. CompileExprLang runs the printed text by expr-lang itself, as
// somebody does who embeds it: slower, and the reference for what a printed
// formula means.
//
// # From data to constants
//
// Refit fits the free constants to data. RemoveRedundant drops those that the
// data do not determine, Tie makes one of those that are equal, Snap replaces
// decimals by exact numbers where the data allow it, DescriptionLength weighs
// error against size, and Simplify brings a formula into a short form under the
// ranges that its variables have. Shorten takes more time for a shorter form.
//
// # From curves to formulas
//
// MatchCurve finds c*f(a*x+b)+d for one curve, MatchUnivariate whole formulas of
// one variable. NameNetwork names the edges of a trained network together, so
// that the formula of the whole fits the data; FromNetwork writes a network
// whose edges are named as a formula, and DescribeEdges tells how well each name
// fits. CompileNetwork goes the other way: a formula becomes a network of named
// edges with the same values.
//
// # Sources
//
// Derivatives are accumulated in reverse over the tape of a Program and forward
// in the functions of ParseFunction (Griewank and Walther, Evaluating
// Derivatives, 2nd edition 2008, chapters 3 and 13). Constants in which a formula
// is affine are eliminated by variable projection (Golub and Pereyra, The
// differentiation of pseudo-inverses and nonlinear least squares problems whose
// variables separate, 1973); the rest are found by Levenberg-Marquardt (package
// kan/lm). Formulas are weighed by their description length (Rissanen, Modeling
// by shortest data description, 1978; for formulas Udrescu et al., AI Feynman
// 2.0, 2020). Naming the curves of Kolmogorov-Arnold networks goes back to Liu et
// al., KAN: Kolmogorov-Arnold Networks, 2024. Where functions are finite is
// proved by interval arithmetic (Moore, Interval Analysis, 1966).
package symbolic
