package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/kansym/kansym/fit"
)

// The line fits the terminal and is gone when the work is done.
func TestProgress(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{0, 40, 60, 200} {
		var b bytes.Buffer
		p := startProgress(&b, columns, 20*time.Second)
		p.report(fit.Progress{Stage: "polynomials and rationals", Best: &fit.Candidate{RMSEHeldout: 0.0123456}})
		time.Sleep(450 * time.Millisecond)
		p.stop()
		p.stop()
		lines := strings.Split(b.String(), "\r")
		longest := ""
		for _, l := range lines {
			if len(l) > len(longest) {
				longest = l
			}
		}
		if n := len(strings.TrimRight(longest, " ")); n > max(columns, 60) {
			t.Errorf("%d columns: %d characters in %q", columns, n, longest)
		}
		if want := "0 of 20 s, polynomials and rationals, best RMSE 0.0123"; columns == 200 && !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in %q", want, &b)
		}
		if last := lines[len(lines)-1]; last != "" {
			t.Errorf("%q is left on the line", last)
		}
	}
	// Without a terminal there is no progress.
	var none *progress
	none.stop()
}
