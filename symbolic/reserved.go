package symbolic

import "github.com/kansym/kansym/library"

// ReservedName reports whether formulas use name themselves, so that no
// variable can be called so: the words of expr-lang's grammar (in, not, let,
// true, ...), pi, and the built-in functions that formulas call (sin, exp,
// ...). The functions of expr-lang itself that are not among these (len, sum,
// mean, count, now, ...) are not reserved: formulas cannot call them, and
// expr-lang accepts their names for variables.
func ReservedName(name string) bool {
	if grammarWord(name) || name == "pi" {
		return true
	}
	f, ok := library.Lookup(name)
	return ok && f.Callable
}

// grammarWord reports whether the lexer or the parser of expr-lang gives name a
// meaning of its own wherever it stands.
func grammarWord(name string) bool {
	switch name {
	case "not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith",
		"let", "if", "else", "true", "false", "nil", "$env":
		return true
	}
	return false
}
