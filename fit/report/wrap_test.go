package report

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWriteItem(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  string
	}{
		{"a b", 0, "  - a b\n"},
		{"", 20, "  - \n"},
		{"one two three four", 12, "  - one two\n    three\n    four\n"},
		{"morethantwelve x", 12, "  - morethantwelve\n    x\n"},
		{"±±±± ±±± x", 12, "  - ±±±± ±±±\n    x\n"},
	}
	for _, tt := range tests {
		var b strings.Builder
		if writeItem(&b, tt.text, tt.width); b.String() != tt.want {
			t.Errorf("%q in %d: got %q, want %q", tt.text, tt.width, b.String(), tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé]{1,30}`), 1, 40).Draw(t, "words")
		width := rapid.IntRange(40, 80).Draw(t, "width")
		var b strings.Builder
		writeItem(&b, strings.Join(words, " "), width)
		if got := strings.Join(strings.Fields(b.String())[1:], " "); got != strings.Join(words, " ") {
			t.Fatalf("words were changed: %q", got)
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
				t.Fatalf("a line of %d characters: %q", n, line)
			}
		}
	})
}
