package table

import (
	"strings"
	"testing"
)

// read reads text as the file data.csv.
func read(t *testing.T, text string, opt Options) (*Table, error) {
	t.Helper()
	return Read(strings.NewReader(text), "data.csv", opt)
}

func mustRead(t *testing.T, text string, opt Options) *Table {
	t.Helper()
	tab, err := read(t, text, opt)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}
