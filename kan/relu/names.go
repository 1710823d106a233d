package relu

import (
	"fmt"
	"strings"

	"github.com/kansym/kansym/kan"
)

// checkNames refuses networks with edges whose names no units of the kind make up,
// and says of which; live tells the nodes that matter.
func checkNames(net *kan.Network, live [][]bool, pieces int) error {
	var curved, powers []string
	first := ""
	for l, layer := range net.Layers {
		for k, e := range layer.Edges {
			if e.Kind != kan.Named || !live[l+1][k/layer.In] {
				continue
			}
			id := kan.EdgeID{Layer: l, From: k % layer.In, To: k / layer.In}
			text := fmt.Sprintf("edge %v is named %s", id, e.Func.Name)
			switch act, ok := namedActivation(e); {
			case !ok:
				if curved = append(curved, text); first == "" {
					first = id.String()
				}
			case pieces > 0 && act != ReLU && act != "":
				powers = append(powers, text)
			}
		}
	}
	switch {
	case len(curved) > 0:
		return fmt.Errorf("relu: %s, which rectified linear units come near but never make up: turn each such edge into a curve with kansym unfix, which tells the error (kansym unfix MODEL DATA --edge %s -m NEW), or go back to the network before names with kansym rewind; other formats take names as they are",
			someOf(curved), first)
	case len(powers) > 0:
		return fmt.Errorf("relu: %s, which takes squares or cubes of rectified linear units: leave out the pieces", someOf(powers))
	}
	return nil
}

// someOf lists the first texts and counts the others.
func someOf(list []string) string {
	const shown = 4
	if more := len(list) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), more)
	}
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
