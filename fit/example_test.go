package fit_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/kansym/kansym/fit"
	"github.com/kansym/kansym/fit/table"
)

func Example() {
	data, err := table.Open("../testdata/relativistic_mass.csv", table.Options{})
	if err != nil {
		log.Fatal(err)
	}
	result, err := fit.Run(context.Background(), data, fit.Options{Time: 30 * time.Second, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Target, "=", result.Best.Expression)
	fmt.Println("exact:", result.Best.Exact)
	// Output:
	// mass = m/sqrt(1-(v/c)^2)
	// exact: true
}
