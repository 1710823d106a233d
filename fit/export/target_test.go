package export_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/export"
	"github.com/kansym/kansym/symbolic"
)

// Targets in any script keep their letters in LaTeX, and lose none silently where
// functions have names of ASCII letters.
func TestTargetNames(t *testing.T) {
	tests := []struct{ target, latex, function string }{
		{"目标", `\text{目标} = `, "predict_formula"},
		{"目标1", `\text{目标}_{1} = `, "predict_formula"},
		{"übung", `\text{übung} = `, "predict_uebung"},
		{"u\u0308bung", "", "predict_uebung"},
		{"Größe", `\text{Größe} = `, "predict_Groesse"},
		{"été", `\text{été} = `, "predict_ete"},
		{"Δv", "", "predict_Deltav"},
		{"λ", `\lambda = `, "predict_lambda"},
		{"v (m/s)", `v_{\mathrm{m\_s}} = `, "predict_v_m_s"},
		{"!", "y = ", "predict_formula"},
	}
	for _, tt := range tests {
		m := &export.Model{Formula: symbolic.Var("x"), Target: tt.target, Inputs: []export.Input{{Name: "x", Column: "x"}}}
		for f, want := range map[export.Format]string{export.LaTeX: tt.latex, export.Python: "def " + tt.function + "(", export.C: " " + tt.function + "(", export.MATLAB: " " + tt.function + "("} {
			var b bytes.Buffer
			if err := export.Write(&b, m, f, export.Options{}); err != nil {
				t.Errorf("%s to %s: %v", tt.target, f, err)
			} else if !strings.Contains(b.String(), want) {
				t.Errorf("%s to %s: no %q in\n%s", tt.target, f, want, &b)
			}
		}
	}
}
