// Package search looks for short formulas by enumeration and by mutation. It
// takes over where reductions end, usually with one to three variables left,
// and where noise hides the derivatives that reductions are read from.
//
// A [Bank] holds every expression up to a size over the inputs, each once: an
// expression is one operation on two columns computed before it, so that
// evaluating it costs one pass over the rows, and expressions with equal values
// up to a factor are kept in their shortest form only (Nicolau & McKay 2016
// measured that most of what genetic programming evaluates is such repetition).
//
// Formulas of twice the size are met in the middle. If T(y) = a+b*f+c*g for two
// expressions f and g of the bank, all of it follows from inner products: one
// matrix product gives those, and then a pair costs a dozen operations instead
// of a pass over the rows. With logarithms of the expressions for columns the
// same finds products of powers, and with columns g*t beside those of f it finds
// quotients: t = (a+b*f)/(1-c*g) is t = a+b*f+c*g*t. A third term is sought only
// for the pairs that explain most.
//
// Without noise much longer formulas are met in the middle. An [Index] holds
// hundreds of times as many expressions, on a few rows only, by hashes of numbers
// that do not change under a+b*f. What a target leaves beside an expression, such
// as t/f or t-2*f, is then looked up among all others at once, whatever a and b
// are. Numbers must agree in all their digits, so the target has to be given with
// seven significant digits or more; with noise nothing is found.
//
// [Bank.Scalars] asks a weaker question: is there a formula f of several inputs
// such that y/g is a smooth function of f alone? Sorted by f, neighbours have
// then nearly equal y/g, whatever the function is (von Neumann, Annals of
// Mathematical Statistics 12, 1941). No derivative is taken, so noise does
// little harm, and the function can be named as one of one variable.
//
// [Evolve] starts from the best of those and changes them by mutation, with the
// constants refitted each time, first on few rows: a child that is worse there is
// given up.
//
// The work is counted in node-rows, one operation on one row, and bounded by
// that count and not by time: the same input gives the same output on any
// machine.
package search
