package export_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/export"
)

// unitOfNetworks is what errors of networks are relative to beside the value:
// their curves are of the order of 1 and may cancel.
const unitOfNetworks = 30

// bothKinds runs a test on the formulas, with so many drawn ones, and on the
// networks.
func bothKinds(t *testing.T, drawn int, run func(t *testing.T, cases []*testCase) [][]float64) {
	t.Run("formulas", func(t *testing.T) {
		cases := formulaCases(t, drawn)
		checkAll(t, cases, run(t, cases), 0)
	})
	t.Run("networks", func(t *testing.T) {
		cases := networkCases(t)
		checkAll(t, cases, run(t, cases), unitOfNetworks)
	})
}

func save(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rowsFile writes the rows of all cases, one to a line, with the case before.
func rowsFile(cases []*testCase) string {
	var b strings.Builder
	for k, c := range cases {
		for _, row := range c.rows {
			b.WriteString(strconv.Itoa(k))
			for _, v := range row {
				b.WriteString(" " + strconv.FormatFloat(v, 'g', -1, 64))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// readValues reads lines "CASE VALUE" as programs print them.
func readValues(t *testing.T, out string, n int) [][]float64 {
	t.Helper()
	got := make([][]float64, n)
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			continue
		}
		k, err := strconv.Atoi(fields[0])
		if err != nil || k < 0 || k >= n {
			t.Fatalf("unexpected output %q", line)
		}
		v, err := strconv.ParseFloat(strings.TrimPrefix(strings.ToLower(fields[1]), "-nan"), 64)
		if strings.Contains(strings.ToLower(fields[1]), "nan") {
			v, err = math.NaN(), nil
		}
		if err != nil && !math.IsInf(v, 0) {
			t.Fatalf("unexpected output %q", line)
		}
		got[k] = append(got[k], v)
	}
	return got
}

func output(t *testing.T, dir string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s\n%s", name, strings.Join(args, " "), err, firstLines(out), firstLines([]byte(stderr.String())))
	}
	return string(out)
}

func TestGo(t *testing.T) {
	golang := need(t, "go", "version")
	bothKinds(t, 150, func(t *testing.T, cases []*testCase) [][]float64 {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "formula"), 0o755); err != nil {
			t.Fatal(err)
		}
		save(t, filepath.Join(dir, "go.mod"), "module exported\n\ngo 1.26\n")
		main := "package main\n\nimport (\n\t\"fmt\"\n\n\t\"exported/formula\"\n)\n\nfunc main() {\n"
		for k, c := range cases {
			save(t, filepath.Join(dir, "formula", fmt.Sprintf("case%d.go", k)), written(t, c, export.Go, k))
			for _, row := range c.rows {
				main += fmt.Sprintf("\tfmt.Println(%d, formula.PredictCase%d(%s))\n", k, k, list(row))
			}
		}
		save(t, filepath.Join(dir, "main.go"), main+"}\n")
		return readValues(t, output(t, dir, golang, "run", "."), len(cases))
	})
}

// list writes a row as arguments.
func list(row []float64) string {
	var b strings.Builder
	for i, v := range row {
		if i > 0 {
			b.WriteString(", ")
		}
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		b.WriteString(s)
	}
	return b.String()
}

func TestC(t *testing.T) {
	gcc := need(t, "gcc", "--version")
	bothKinds(t, 150, func(t *testing.T, cases []*testCase) [][]float64 {
		dir := t.TempDir()
		all := ""
		main := "#include <stdio.h>\nint main(void) {\n"
		for k, c := range cases {
			all += written(t, c, export.C, k) + "\n"
			for _, row := range c.rows {
				main += fmt.Sprintf("    printf(\"%d %%.17g\\n\", predict_case%d(%s));\n", k, k, list(row))
			}
		}
		save(t, filepath.Join(dir, "all.c"), all+main+"    return 0;\n}\n")
		// Not contracted: fused operations would differ, though within tolerance.
		output(t, dir, gcc, "-std=c99", "-pedantic", "-Wall", "-Werror", "-Wno-unused-variable", "-O0", "-o", "all", "all.c", "-lm")
		return readValues(t, output(t, dir, filepath.Join(dir, "all")), len(cases))
	})
}

const pythonDriver = `
import importlib
import numpy as np
rows = {}
for line in open("rows.txt"):
    k, *row = line.split()
    rows.setdefault(int(k), []).append([float(v) for v in row])
for k, table in rows.items():
    f = getattr(importlib.import_module("case%d" % k), "predict_case%d" % k)
    columns = np.array(table).T
    y = np.broadcast_to(f(*columns), len(table))
    assert (columns == np.array(table).T).all()  # the caller's arrays are left alone
    y0 = np.broadcast_to(f(columns[0][0], *columns[1:]), len(table))  # numbers go with arrays
    assert y0[0] == y[0] or np.isnan(y[0]) and np.isnan(y0[0]) or abs(y0[0] - y[0]) < 1e-13 * abs(y[0]), k
    one = f(*table[0])  # numbers are as good as arrays
    assert np.shape(one) == () and np.isrealobj(one)
    assert one == y[0] or np.isnan(one) and np.isnan(y[0]) or abs(one - y[0]) < 1e-13 * abs(one), (k, one, y[0])
    for v in y:
        print(k, repr(float(v)))
`

// python3 finds the Python that has the packages: that of the system may, where
// another one comes first.
func python3(t *testing.T, packages string) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import "+packages).Run() == nil {
			return name
		}
	}
	t.Skipf("no Python with %s is installed: what is exported for it is not run", packages)
	return ""
}

func TestPython(t *testing.T) {
	python := python3(t, "numpy, scipy.special")
	bothKinds(t, 150, func(t *testing.T, cases []*testCase) [][]float64 {
		dir := t.TempDir()
		for k, c := range cases {
			save(t, filepath.Join(dir, fmt.Sprintf("case%d.py", k)), written(t, c, export.Python, k))
		}
		save(t, filepath.Join(dir, "rows.txt"), rowsFile(cases))
		save(t, filepath.Join(dir, "driver.py"), pythonDriver)
		return readValues(t, output(t, dir, python, "-B", "driver.py"), len(cases))
	})
}

const sympyDriver = `
import sympy, unicodedata
rows = {}
for line in open("rows.txt"):
    k, *row = line.split()
    rows.setdefault(int(k), []).append([float(v) for v in row])
for k, table in rows.items():
    scope = {}
    exec(open("case%d.py" % k).read(), scope)
    e = scope["predict_case%d" % k]
    names = unicodedata.normalize("NFKC", open("case%d.names" % k).read()).split()
    for row in table[:3]:
        v = sympy.N(e.subs([(scope[n], sympy.Float(x, 17)) for n, x in zip(names, row)]), 30)
        print(k, repr(float(v)) if v.is_real else "nan")
    for row in table[3:]:
        print(k, "nan")
`

// SymPy computes to 30 digits, and slowly: a few formulas on a few rows.
func TestSymPy(t *testing.T) {
	python := python3(t, "sympy")
	var cases []*testCase
	for _, c := range formulaCases(t, 12) {
		// It knows limits and complex numbers where we say NaN, and 30 digits
		// where we say 0.
		for r := range c.rows {
			c.compare[r] = c.compare[r] && r < 3 && !math.IsNaN(c.want[r])
		}
		cases = append(cases, c)
	}
	dir := t.TempDir()
	for k, c := range cases {
		text := written(t, c, export.SymPy, k)
		save(t, filepath.Join(dir, fmt.Sprintf("case%d.py", k)), text)
		names, _, _ := strings.Cut(text[strings.Index(text, "import sympy")+len("import sympy"):], "=")
		save(t, filepath.Join(dir, fmt.Sprintf("case%d.names", k)), strings.ReplaceAll(names, ",", " "))
	}
	save(t, filepath.Join(dir, "rows.txt"), rowsFile(cases))
	save(t, filepath.Join(dir, "driver.py"), sympyDriver)
	got := readValues(t, output(t, dir, python, "-B", "driver.py"), len(cases))
	compared := 0
	for k, c := range cases {
		compared += c.check(t, got[k], 0)
	}
	if compared < len(cases) {
		t.Errorf("only %d values of %d formulas were compared", compared, len(cases))
	}
}

// MATLAB's file is run by Octave.
func TestMATLAB(t *testing.T) {
	octave := need(t, "octave-cli", "--version")
	bothKinds(t, 150, func(t *testing.T, cases []*testCase) [][]float64 {
		dir := t.TempDir()
		main := "1;\n"
		for k, c := range cases {
			save(t, filepath.Join(dir, fmt.Sprintf("predict_case%d.m", k)), written(t, c, export.MATLAB, k))
			var args []string
			for i := range c.inputs {
				var col []float64
				for _, row := range c.rows {
					col = append(col, row[i])
				}
				args = append(args, "["+list(col)+"]'")
			}
			main += fmt.Sprintf("y = predict_case%d(%s);\n", k, strings.Join(args, ", "))
			main += fmt.Sprintf("assert(isreal(y));\nprintf('%d %%.17g\\n', y + zeros(%d, 1));\n", k, len(c.rows))
		}
		save(t, filepath.Join(dir, "driver.m"), main)
		return readValues(t, output(t, dir, octave, "--no-gui", "--norc", "driver.m"), len(cases))
	})
}
