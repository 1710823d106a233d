package library_test

import (
	"fmt"

	"github.com/kansym/kansym/library"
)

func ExampleLookup() {
	f, _ := library.Lookup("sin(x)/x")
	v, _, d2 := f.Derivatives(0)
	fmt.Printf("%s: %v %.4f\n", f.Name, v, d2)

	g, _ := library.Lookup("x^-2.5")
	fmt.Println(g.Name, g.Value(4))
	// Output:
	// sin(x)/x: 1 -0.3333
	// 1/x^2.5 0.03125
}

func ExampleParseSet() {
	set, _ := library.ParseSet("trig,-tan,+exp(-x^2)")
	fmt.Println(set.Names())

	_, err := library.ParseSet("default,-tahn")
	fmt.Println(err)
	// Output:
	// [1 x sin cos asin acos atan exp(-x^2)]
	// library "default,-tahn": there is no function or set "tahn"; did you mean "tanh"?
}

func ExampleFunc_Format() {
	f, _ := library.Lookup("abs")
	fmt.Println(f.Format(library.LangLaTeX, "x"), f.Format(library.LangC, "x"))
	// Output: \left|x\right| fabs(x)
}

func ExampleDomain_Covers() {
	f, _ := library.Lookup("tan")
	fmt.Println(f.Domain.Covers(-1, 1), f.Domain.Covers(1, 2))
	// Output: true false
}
