package export_test

import (
	"log"
	"os"

	"github.com/kansym/kansym/fit/export"
	"github.com/kansym/kansym/symbolic"
)

func ExampleWrite() {
	e, err := symbolic.Parse("m/sqrt(1-(v/c)^2)", symbolic.ParseOptions{})
	if err != nil {
		log.Fatal(err)
	}
	m := &export.Model{
		Inputs:  []export.Input{{Name: "m", Column: "rest mass (kg)"}, {Name: "v", Column: "v"}, {Name: "c", Column: "c"}},
		Target:  "mass",
		Formula: e,
	}
	for _, f := range []export.Format{export.LaTeX, export.Excel} {
		if err := export.Write(os.Stdout, m, f, export.Options{}); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// \mathrm{mass} = \frac{m}{\sqrt{1 - \left(\frac{v}{c}\right)^{2}}}
	// ' "mass"
	// ' A2  column "rest mass (kg)"
	// ' B2  column "v"
	// ' C2  column "c"
	// =A2/SQRT(1-(B2/C2)^2)
}
