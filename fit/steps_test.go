package fit

import (
	"slices"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/table"
)

func readTable(t *testing.T, text string, opt table.Options) *table.Table {
	t.Helper()
	tab, err := table.Read(strings.NewReader(text), "data.csv", opt)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// The rows that steps hold out are those that Run holds out, whatever the order
// of the columns.
func TestNetworkDataHoldsOutTheSameRows(t *testing.T) {
	var first, second strings.Builder
	first.WriteString("a,b,y\n")
	second.WriteString("y,note,b,a\n")
	rows := "0123456789"
	for i := range rows {
		v := rows[i : i+1]
		w := rows[9-i : 10-i]
		first.WriteString("1" + v + ",2" + w + ",3" + v + "\n")
		second.WriteString("3" + v + ",word,2" + w + ",1" + v + "\n")
	}
	tab := readTable(t, first.String(), table.Options{})
	d, err := NetworkData(tab, nil, 5)
	if err != nil {
		t.Fatal(err)
	}
	run := split(tab, Options{Seed: 5})
	if !slices.Equal(d.HeldY, run.all.Y) || !slices.Equal(d.Y, run.train.Y) || len(d.HeldY) != 3 {
		t.Errorf("held out %v, Run %v", d.HeldY, run.all.Y)
	}
	other := readTable(t, second.String(), table.Options{Target: "y", Inputs: []string{"b", "a"}})
	again, err := NetworkData(other, []string{"a", "b"}, 5)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Cols {
		if !slices.Equal(d.Cols[i], again.Cols[i]) || !slices.Equal(d.HeldCols[i], again.HeldCols[i]) {
			t.Errorf("column %d: %v and %v", i, d.Cols[i], again.Cols[i])
		}
	}
	if all := AllRows(d); len(all.Y) != 10 || len(all.Cols[1]) != 10 {
		t.Errorf("%d rows in all", len(all.Y))
	}
	if _, err := NetworkData(tab, []string{"a", "c"}, 5); err == nil || !strings.Contains(err.Error(), `data.csv: column "c"`) {
		t.Errorf("error %v", err)
	}
}
