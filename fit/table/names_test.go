package table

import (
	"testing"

	"github.com/expr-lang/expr/parser/utils"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestIdentifier(t *testing.T) {
	tests := []struct{ column, want string }{
		{"mass", "mass"},
		{"flow rate (m3/s)", "flow_rate_m3_s"},
		{"µ", "µ"},
		{"θ₁", "θ1"},
		{"Δp [Pa]", "Δp_Pa"},
		{"e\u0301nergie", "energie"},
		{"énergie", "énergie"},
		{"m²", "m2"},
		{"T (°C)", "T_degC"},
		{"humidity %", "humidity_percent"},
		{"x'", "xprime"},
		{"2nd", "x_2nd"},
		{"_private", "_private"},
		{"a__b", "a__b"},
		{"  a - b  ", "a_b"},
		{"US$", "US"},
		{"٣x", "x_3x"},
		{"***", ""},
		{"_", ""},
		{"", ""},
		{"温度", "温度"},
		{"x.1", "x_1"},
		{"\U0001F525", ""},
	}
	for _, tt := range tests {
		if got := Identifier(tt.column); got != tt.want {
			t.Errorf("Identifier(%q) = %q, want %q", tt.column, got, tt.want)
		}
	}
}

func TestIdentifiersDiffer(t *testing.T) {
	reserved := func(s string) bool { return s == "exp" || s == "in" || s == "exp_" }
	names := identifiers([]string{"a b", "a_b", "exp", "in", "***", "", "a-b"}, reserved)
	if diff := cmp.Diff([]string{"a_b_2", "a_b", "exp_2", "in_", "column_5", "column_6", "a_b_3"}, names); diff != "" {
		t.Error(diff)
	}
	many := identifiers(make([]string, maxColumns), reserved)
	if last := many[maxColumns-1]; last != "column_10000" {
		t.Errorf("the last of many is called %q", last)
	}
}

func TestRenamed(t *testing.T) {
	tab := mustRead(t, "a b,exp,***,y\n1,2,3,4\n2,3,1,2\n3,1,2,2\n1,1,7,5\n", Options{
		Reserved: func(s string) bool { return s == "exp" },
	})
	want := []string{
		`column "a b" is called a_b in formulas`,
		`column "exp" is called exp_ in formulas because formulas use exp themselves`,
		`column "***" is called column_3 in formulas`,
	}
	if diff := cmp.Diff(want, tab.Warnings); diff != "" {
		t.Error(diff)
	}
}

// Any header gives identifiers of expr-lang, all different, none reserved, and
// an identifier is its own identifier.
func TestIdentifiersProperty(t *testing.T) {
	reserved := func(s string) bool { return len(s) == 1 && s[0] < 'h' }
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-h _.]{0,3}`)), 1, 12).Draw(t, "columns")
		names := identifiers(columns, reserved)
		seen := map[string]bool{}
		for i, n := range names {
			if !utils.IsValidIdentifier(n) || n[0] == '$' {
				t.Fatalf("%q became %q, which is no identifier", columns[i], n)
			}
			if seen[n] || reserved(n) {
				t.Fatalf("%q became %q, which is taken", columns[i], n)
			}
			seen[n] = true
			if Identifier(n) != n {
				t.Fatalf("Identifier(%q) = %q", n, Identifier(n))
			}
		}
	})
}
