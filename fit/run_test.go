package fit

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// What a program gives wrong is not called a fault, and an interruption before the
// first formula is told from a search that found none.
func TestRunErrors(t *testing.T) {
	_, err := Run(t.Context(), nil, Options{})
	if err == nil || strings.Contains(err.Error(), "fault") || !strings.Contains(err.Error(), "nil") {
		t.Errorf("no table: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Run(done, laws[0].draw(t, 100, 0, 1), Options{})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrNoAnswer) {
		t.Errorf("interrupted: %v", err)
	}
}
