package symbolic

// Complexity returns the number of nodes of the formula as it is printed: each
// number, variable, pi, operator (a minus sign included), square root and
// function call counts one. m/sqrt(1-v^2/c^2) has 11.
func (e *Expr) Complexity() int { return note(e).count() }
