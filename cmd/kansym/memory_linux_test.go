package main

import (
	"os"
	"syscall"
)

// peakMemory returns how many megabytes a process has held at most.
func peakMemory(p *os.ProcessState) (mb int, ok bool) {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, false
	}
	return int(u.Maxrss >> 10), true
}
