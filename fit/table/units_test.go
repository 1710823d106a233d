package table

import (
	"slices"
	"testing"
)

// TestUnitsRow holds that a row of units below the header is passed over, and that
// nothing else is.
func TestUnitsRow(t *testing.T) {
	for _, units := range []string{"kg,m/s,J", "[kg],[m/s],[J]", "kg,,J", "(kg),-,(J)", "\"kg\",\"m s^-1\",J"} {
		tab := mustRead(t, "m,v,E\n"+units+"\n1,2,3\n2,3,4\n3,4,6\n4,6,5\n", Options{})
		if tab.Rows() != 4 || tab.Missing.Rows != 0 {
			t.Errorf("%s: %d rows", units, tab.Rows())
		}
		if want := "line 2 holds no number and was taken for the units of the columns"; !slices.Contains(tab.Warnings, want) {
			t.Errorf("%s: the warnings are %q", units, tab.Warnings)
		}
	}
	for _, row := range []string{"kg,1,J", "kg,,", "true,12:30,=A1", "1 m,2 s,3 J", "a very long note that is no unit of anything,b,c"} {
		tab, err := read(t, "m,v,E\n"+row+"\n1,2,3\n2,3,4\n3,4,6\n4,6,5\n", Options{})
		if err == nil {
			t.Errorf("%s is read, with the warnings %q", row, tab.Warnings)
		}
	}
	if _, err := read(t, "m,v,E\n1,2,3\nkg,m,J\n2,3,4\n3,4,6\n4,6,5\n", Options{}); err == nil {
		t.Error("units in the second row are read")
	}
}

func TestUTF16(t *testing.T) {
	for _, text := range []string{"x\x00,\x00y\x00\n\x001\x00,\x002\x00", "\x00x\x00,\x00y\x00\n\x001\x00,\x002"} {
		_, err := read(t, text, Options{})
		if err == nil || err.Error() != "data.csv: is UTF-16 text; save the file as UTF-8" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestRowNumbers holds that the numbers of rows that data frames write are no
// input.
func TestRowNumbers(t *testing.T) {
	const text = ",m,E\n0,1,2\n1,2,3\n2,3,5\n3,4,4\n"
	tab := mustRead(t, text, Options{})
	if !slices.Equal(tab.Names, []string{"m", "E"}) || len(tab.Warnings) != 1 {
		t.Errorf("the columns are %q, the warnings %q", tab.Names, tab.Warnings)
	}
	if tab := mustRead(t, text, Options{Exclude: []string{"#1"}}); len(tab.Warnings) > 0 {
		t.Errorf("the warnings are %q", tab.Warnings)
	}
	if _, err := read(t, text, Options{Inputs: []string{"#1", "m"}}); err == nil {
		t.Error("a column without a name is an input")
	}
	if _, err := read(t, "m,,E\n0,1,2\n1,2,3\n2,3,5\n3,4,4\n", Options{}); err == nil {
		t.Error("a second column without a name is passed over")
	}
}
