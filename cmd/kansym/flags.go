package main

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// seconds is a flag for a length of time: 90s, 1m30s, or a number of seconds.
type seconds time.Duration

func (s *seconds) String() string {
	return strconv.FormatFloat(time.Duration(*s).Seconds(), 'g', -1, 64) + "s"
}

func (s *seconds) Type() string { return "duration" }

func (s *seconds) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil {
		v, nerr := strconv.ParseFloat(text, 64)
		if nerr != nil || math.IsNaN(v) || math.Abs(v) > 1e9 {
			return fmt.Errorf("a time is written like 30s, 2m or 1h")
		}
		d = time.Duration(v * float64(time.Second))
	}
	if d <= 0 {
		return fmt.Errorf("the time must be above 0")
	}
	*s = seconds(d)
	return nil
}

// positive is a flag for a whole number from 1 up; 0 means that it is not set.
type positive int

func (n *positive) String() string {
	if *n == 0 {
		return ""
	}
	return strconv.Itoa(int(*n))
}

func (n *positive) Type() string { return "n" }

func (n *positive) Set(text string) error {
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 {
		return fmt.Errorf("expected a whole number from 1 up")
	}
	*n = positive(v)
	return nil
}
