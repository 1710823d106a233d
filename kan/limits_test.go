package kan

import (
	"io"
	"slices"
	"testing"
)

func TestCheckSize(t *testing.T) {
	for _, c := range []struct {
		shape []int
		want  string
	}{
		{[]int{3, 2, 1}, ""},
		{slices.Repeat([]int{1}, maxLayers+1), ""},
		{slices.Repeat([]int{1}, maxLayers+2), "65 layers, and a model file holds at most 64"},
		{[]int{1, maxNodes + 1, 1}, "4097 nodes in a layer, and a model file holds at most 4096"},
		{[]int{1000, 1000, 1}, "1001000 possible edges, and a model file holds at most 500000"},
	} {
		got := ""
		if err := CheckSize(c.shape); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("shape of %d layers: %q, want %q", len(c.shape)-1, got, c.want)
		}
	}
	// What could not be loaded is not saved.
	deep, err := New(slices.Repeat([]int{1}, maxLayers+2), NewOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Snapshot: Snapshot{Network: deep}}
	if err := m.Save(io.Discard); err == nil {
		t.Error("65 layers are saved")
	}
}
