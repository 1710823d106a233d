package table_test

import (
	"fmt"
	"strings"

	"github.com/kansym/kansym/fit/table"
)

func ExampleRead() {
	data := `flow rate (m3/s);pressure;site
1.5;10;north
2.5;;north
3.5;31;south
4.5;42;south
5.5;53;south
`
	t, err := table.Read(strings.NewReader(data), "pump.csv", table.Options{
		Target:  "pressure",
		Exclude: []string{"site"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Describe())
	fmt.Println(t.Cols[0])
	for _, w := range t.Warnings {
		fmt.Println("-", w)
	}
	// Output:
	// pump.csv: 4 rows, target pressure, input flow_rate_m3_s, 1 incomplete row left out
	// [1.5 3.5 4.5 5.5]
	// - 1 row of 5 left out for 1 empty cell in column pressure
	// - column "flow rate (m3/s)" is called flow_rate_m3_s in formulas
}

func ExampleRead_badCell() {
	data := "a,y\n1,2\n2,\"3,5\"\n"
	_, err := table.Read(strings.NewReader(data), "data.csv", table.Options{})
	fmt.Println(err)
	// Output:
	// data.csv:3: column "y": "3,5" has a decimal comma; write decimal points (1.5)
}
