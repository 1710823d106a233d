package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const header = "id,formula,variables\n"

// problem is the only one of a suite with one line.
func problem(t *testing.T, formula, vars string) *Problem {
	t.Helper()
	line := "p," + formula + `,"` + strings.ReplaceAll(vars, `"`, `""`) + "\"\n"
	suite, err := Read(strings.NewReader(header+line), "test")
	if err != nil {
		t.Fatal(err)
	}
	return suite[0]
}

func TestRead(t *testing.T) {
	text := "\ufeffrows, formula ,note,id,variables,suite\n" +
		`50,a*b,any,first,"[{""name"":""a"",""low"":0,""high"":2},{""name"":""b"",""low"":1,""high"":10,""log"":true}]",laws` + "\n\n" +
		`,a^2,,second,"[{""name"":""a"",""low"":-1,""high"":1}]",` + "\n"
	suite, err := Read(strings.NewReader(text), "test")
	if err != nil {
		t.Fatal(err)
	}
	if len(suite) != 2 {
		t.Fatalf("%d problems", len(suite))
	}
	p := suite[0]
	if p.ID != "first" || p.Suite != "laws" || p.Formula != "a*b" || p.Rows != 50 || p.Expr() == nil {
		t.Errorf("read as %+v", p)
	}
	if want := (Var{Name: "b", Low: 1, High: 10, Log: true}); p.Vars[1] != want {
		t.Errorf("read as %+v, want %+v", p.Vars[1], want)
	}
	if q := suite[1]; q.Rows != 0 || q.Suite != "" || len(q.Vars) != 1 {
		t.Errorf("read as %+v", q)
	}
}

func TestReadBad(t *testing.T) {
	const like = `a list is expected like [{"name": "x", "low": 1, "high": 2}]`
	vars := func(v string) string { return header + `p,x,"` + strings.ReplaceAll(v, `"`, `""`) + "\"\n" }
	one := `"[{""name"":""x"",""low"":1,""high"":2}]"` + "\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "s.csv: empty; a suite begins with a header"},
		{"no formula", "id,variables\n", `s.csv: no column "formula"; a suite has the columns id, formula, variables, and may have suite and rows`},
		{"twice a column", "id,formula,variables,id\n", `s.csv: two columns are called "id"`},
		{"no problems", header, "s.csv: no problems below the header"},
		{"cells", header + "p,x\n", "s.csv: line 2: it has not the 3 cells of the header; a cell with commas is put in quotes"},
		{"quote", header + "p,x\"y,z\n", `s.csv: line 2, character 4: bare " in non-quoted-field; a quote within quotes is doubled`},
		{"no end", header + "p,x,\"[\n", `s.csv: line 2, character 8: extraneous or missing " in quoted-field; a quote within quotes is doubled`},
		{"no id", header + ",x," + one, "s.csv: line 2, column id: empty"},
		{"id twice", header + "p,x," + one + "p,x," + one, "s.csv: line 3, column id: p occurs twice"},
		{"rows", "rows," + header + "few,p,x," + one, `s.csv: line 2, column rows: "few" is not a whole number from 8 to 10000000`},
		{"few rows", "rows," + header + "7,p,x," + one, `s.csv: line 2, column rows: "7" is not a whole number from 8 to 10000000`},
		{"many rows", "rows," + header + "10000001,p,x," + one, `s.csv: line 2, column rows: "10000001" is not a whole number from 8 to 10000000`},
		{"no list", vars(""), "s.csv: line 2, column variables: empty; " + like},
		{"no variables", vars("[]"), "s.csv: line 2, column variables: no variables"},
		{"null", vars("null"), "s.csv: line 2, column variables: no variables"},
		{"no JSON", vars("x"), "s.csv: line 2, column variables: invalid character 'x' looking for beginning of value; " + like},
		{"half", vars(`[{"name":"x"`), "s.csv: line 2, column variables: it ends too early; " + like},
		{"text", vars(`[{"name":"x","low":"1","high":2}]`), "s.csv: line 2, column variables: low cannot be a string; " + like},
		{"no object", vars(`[1]`), "s.csv: line 2, column variables: " + like + "; not a number"},
		{"more", vars(`[{"name":"x","low":1,"high":2}] 7`), "s.csv: line 2, column variables: there is something behind the list; " + like},
		{"field", vars(`[{"name":"x","lo":1,"high":2}]`), `s.csv: line 2, column variables: unknown field "lo"; ` + like},
		{"no low", vars(`[{"name":"x","high":2}]`), `s.csv: line 2, column variables: "x" has no low or no high; ` + like},
		{"name", vars(`[{"name":"x y","low":1,"high":2}]`), `s.csv: line 2, column variables: "x y" cannot be the name of a variable`},
		{"reserved", vars(`[{"name":"sin","low":1,"high":2}]`), `s.csv: line 2, column variables: "sin" cannot be the name of a variable`},
		{"no name", vars(`[{"low":1,"high":2}]`), `s.csv: line 2, column variables: "" cannot be the name of a variable`},
		{"twice", vars(`[{"name":"x","low":1,"high":2},{"name":"x","low":1,"high":2}]`), "s.csv: line 2, column variables: x occurs twice"},
		{"range", vars(`[{"name":"x","low":2,"high":2}]`), "s.csv: line 2, column variables: x: low 2 is not below high 2"},
		{"wide", vars(`[{"name":"x","low":-1e308,"high":1e308}]`), "s.csv: line 2, column variables: x: the range from -1e+308 to 1e+308 is too wide"},
		{"log", vars(`[{"name":"x","low":0,"high":2,"log":true}]`), "s.csv: line 2, column variables: x: a logarithmic range begins above 0, not at 0"},
		{"unknown name", header + "p,x+z," + one, "s.csv: line 2, column formula: "},
		{"no formula", header + "p,," + one, "s.csv: line 2, column formula: "},
	} {
		_, err := Read(strings.NewReader(c.text), "s.csv")
		// What is wrong with a formula is the parser's to say.
		if parser := strings.HasSuffix(c.want, " "); err == nil || err.Error() != c.want && !(parser && strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestOpen(t *testing.T) {
	for name, want := range map[string]int{"feynman": 100, "classics": 28} {
		suite, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(suite) != want {
			t.Errorf("%s has %d problems, want %d", name, len(suite), want)
		}
		// Formulas without a value on their ranges could not be run.
		for _, p := range suite {
			if _, err := p.Draw(Drawing{Rows: MinRows}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if v := p.Judge(p.Expr(), 0, 1); !v.Solved || v.Error != 0 {
				t.Errorf("%s: %s is not its own solution: %+v", name, p.ID, v)
			}
		}
	}
	for name, want := range map[string]string{
		"feynmen":     `feynmen: no such suite or file; did you mean "feynman"?`,
		"nowhere.csv": "nowhere.csv: no such suite or file; built in are classics and feynman",
	} {
		if _, err := Open(name); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	path := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(path, []byte(header+`p,x^2,"[{""name"":""x"",""low"":1,""high"":2}]"`+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if suite, err := Open(path); err != nil || len(suite) != 1 {
		t.Errorf("%d problems, %v", len(suite), err)
	}
}

// Whatever is read can be drawn from and judged, or is an error.
func FuzzRead(f *testing.F) {
	for _, vars := range []string{
		`[{"name":"x","low":1,"high":2}]`,
		`[{"name":"x","low":-1e300,"high":1e300},{"name":"k","low":1e-300,"high":5,"log":true}]`,
		`[{"name":"x","low":-1}`, `null`,
	} {
		for _, formula := range []string{"x^2", "log(x)/k", "0", "x+", "sqrt(-1-x^2)"} {
			f.Add(header + "p," + formula + `,"` + strings.ReplaceAll(vars, `"`, `""`) + "\"\n")
		}
	}
	f.Add("\"")
	f.Add("rows," + header + "9,p,x,[]\n")
	f.Fuzz(func(t *testing.T, text string) {
		suite, err := Read(strings.NewReader(text), "s.csv")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "s.csv: ") {
				t.Errorf("the error does not name the suite: %v", err)
			}
			return
		}
		for _, p := range suite {
			if data, err := p.Draw(Drawing{Rows: MinRows, Noise: 0.1, Irrelevant: 1, Decade: true}); err == nil && data.Rows() != MinRows {
				t.Errorf("%d rows", data.Rows())
			}
			p.Judge(p.Expr(), 0.1, 1)
		}
	})
}
