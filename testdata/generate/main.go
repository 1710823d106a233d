// Command generate writes the synthetic data files of testdata, the same bytes
// at every run:
//
//	go run ./testdata/generate
//
// kepler.csv is not synthetic; it is typed in, see README.md.
package main

import (
	"bufio"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// column is a variable drawn uniformly from [low, high).
type column struct {
	header    string
	low, high float64
}

// file is a data set: a law of the columns, in their order, with noise as a
// fraction of the root mean square of the target.
type file struct {
	name   string
	target string
	rows   int
	inputs []column
	noise  float64
	law    func(x []float64) float64
}

var files = []file{
	{
		name: "hello.csv", target: "z", rows: 1000,
		inputs: []column{{"x", -1, 1}, {"y", -1, 1}},
		law:    func(x []float64) float64 { return math.Exp(math.Sin(math.Pi*x[0]) + x[1]*x[1]) },
	},
	{
		name: "relativistic_mass.csv", target: "mass", rows: 1000,
		inputs: []column{{"m", 1, 5}, {"v", 1, 2}, {"c", 3, 10}},
		law:    func(x []float64) float64 { return x[0] / math.Sqrt(1-x[1]*x[1]/(x[2]*x[2])) },
	},
	{
		name: "coulomb.csv", target: "F", rows: 1000,
		inputs: []column{{"q1", 1, 5}, {"q2", 1, 5}, {"epsilon", 1, 5}, {"r", 1, 5}},
		law:    func(x []float64) float64 { return x[0] * x[1] / (4 * math.Pi * x[2] * x[3] * x[3]) },
	},
	{
		name: "cosines.csv", target: "c", rows: 1000,
		inputs: []column{{"a", 1, 5}, {"b", 1, 5}, {"gamma", 0.2, 3}},
		law: func(x []float64) float64 {
			return math.Sqrt(x[0]*x[0] + x[1]*x[1] - 2*x[0]*x[1]*math.Cos(x[2]))
		},
	},
	{
		name: "oscillation.csv", target: "x", rows: 1000,
		inputs: []column{{"t", 0, 10}},
		law:    func(x []float64) float64 { return 1.7 * math.Exp(-0.31*x[0]) * math.Cos(2.3*x[0]) },
	},
	{
		name: "gaussian.csv", target: "p", rows: 1000,
		inputs: []column{{"x", -3, 3}},
		law:    func(x []float64) float64 { return math.Exp(-x[0]*x[0]/2) / math.Sqrt(2*math.Pi) },
	},
	{
		name: "noisy_decay.csv", target: "n", rows: 1000, noise: 0.01,
		inputs: []column{{"t", 0, 4}},
		law:    func(x []float64) float64 { return 2.37 * math.Exp(-0.81*x[0]) },
	},
	{
		name: "irrelevant.csv", target: "E", rows: 1000,
		inputs: []column{{"k", 1, 5}, {"a", -1, 1}, {"x", 1, 5}, {"b", 0, 10}},
		law:    func(x []float64) float64 { return x[0] * x[2] * x[2] / 2 },
	},
	{
		name: "awkward_names.csv", target: "pressure drop (Pa)", rows: 1000,
		inputs: []column{{"flow rate (m3/s)", 1, 5}, {"2nd diameter [m]", 1, 3}, {"in", 0.5, 2}, {"α", 1, 4}},
		law: func(x []float64) float64 {
			return 8 * x[2] * x[0] * x[0] / (math.Pi * math.Pi * math.Pow(x[1], 5)) * x[3]
		},
	},
	{
		name: "damped.csv", target: "x", rows: 1000,
		inputs: []column{{"delta", 0.2, 1}, {"omega", 1, 3}, {"t", 0.1, 2}},
		law:    func(x []float64) float64 { return 1.7 * math.Exp(-x[0]*x[2]) * math.Cos(x[1]*x[2]) },
	},
}

func main() {
	log.SetFlags(0)
	for i, f := range files {
		if err := f.write(filepath.Join("testdata", f.name), uint64(i)); err != nil {
			log.Fatal(err)
		}
	}
}

func (f file) write(path string, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 2026))
	rows := make([][]float64, f.rows)
	square := 0.0
	for r := range rows {
		x := make([]float64, len(f.inputs))
		for i, c := range f.inputs {
			// Five digits, as an instrument gives them; the law is applied
			// to the rounded values, so the file is exact.
			v := c.low + (c.high-c.low)*rng.Float64()
			x[i], _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64)
		}
		y := f.law(x)
		square += y * y
		rows[r] = append(x, y)
	}
	rms := math.Sqrt(square / float64(f.rows))
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	var header []string
	for _, c := range f.inputs {
		header = append(header, c.header)
	}
	fmt.Fprintln(w, strings.Join(append(header, f.target), ","))
	for _, row := range rows {
		if f.noise > 0 {
			row[len(row)-1] += f.noise * rms * rng.NormFloat64()
		}
		for i, v := range row {
			if i > 0 {
				w.WriteByte(',')
			}
			w.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
		}
		w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return out.Close()
}
