package library

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// Every callable function in every language, against a file that a person can
// read.
func TestFormat(t *testing.T) {
	languages := []Language{LangExpr, LangText, LangLaTeX, LangSymPy, LangPy, LangGo, LangC, LangJulia, LangMATLAB, LangExcel, LangMathML}
	var b strings.Builder
	for _, f := range Builtin() {
		if !f.Callable {
			continue
		}
		for _, lang := range languages {
			if !f.HasFormat(lang) {
				t.Errorf("%s has no notation in %s", f.Name, lang)
			}
			fmt.Fprintf(&b, "%-6s %-7s %s\n", f.Name, lang, f.Format(lang, "u+v"))
		}
	}
	path := filepath.Join("testdata", "format.golden")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("calls have changed (-want +got):\n%s", diff)
	}
}

func TestFormatOfUserFunctions(t *testing.T) {
	f := userFunc("my_f")
	for lang, want := range map[Language]string{
		LangExpr:  "my_f(x)",
		LangText:  "my_f(x)",
		LangLaTeX: `\operatorname{my\_f}\left(x\right)`,

		LangMathML: "<mrow><mi>my_f</mi><mo>&#x2061;</mo><mrow><mo>(</mo>x<mo>)</mo></mrow></mrow>",
	} {
		if got := f.Format(lang, "x"); got != want || !f.HasFormat(lang) {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	for _, lang := range []Language{LangSymPy, LangPy, LangGo, LangC, LangJulia, LangMATLAB, LangExcel} {
		if f.HasFormat(lang) {
			t.Errorf("%s claims to know my_f", lang)
		}
	}
	if s, _ := Lookup("sigmoid"); s.HasFormat(LangExpr) {
		t.Error("sigmoid claims to be callable")
	}
}
