package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is a file to be written at the end of long work. It is opened before
// the work, so that a path that cannot be written is found out then, and
// replaces the file of that name only when the new content is complete.
type output struct {
	path string // as the user gave it; "-" is standard output
	w    io.Writer
	file *os.File // nil for standard output
	temp string   // name of file if it is to be renamed to final
	dest string
}

// openOutput prepares writing to path. The error names the path and the cause.
func openOutput(path string, stdout io.Writer) (*output, error) {
	if path == "-" {
		return &output{path: path, w: stdout}, nil
	}
	o := &output{path: path, dest: path}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		o.dest = real
	}
	info, err := os.Stat(o.dest)
	switch {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("cannot write %s: it is a directory; name a file in it", path)
	case err == nil:
		// Pipes and devices are written as they are. A file must be writable
		// itself, though it is replaced.
		f, err := os.OpenFile(o.dest, os.O_WRONLY, 0)
		if err != nil {
			return nil, cannotWrite(path, err)
		}
		if !info.Mode().IsRegular() {
			o.file, o.w = f, f
			return o, nil
		}
		f.Close()
	}
	f, err := os.CreateTemp(filepath.Dir(o.dest), "."+filepath.Base(o.dest)+".*")
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	mode := os.FileMode(0o644)
	if info != nil {
		mode = info.Mode().Perm()
	}
	if err := f.Chmod(mode); err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, cannotWrite(path, err)
	}
	o.file, o.w, o.temp = f, f, f.Name()
	return o, nil
}

func cannotWrite(path string, err error) error {
	hint := "choose another path"
	switch {
	case errors.Is(err, os.ErrNotExist):
		hint = fmt.Sprintf("make the directory %s first", filepath.Dir(path))
	case errors.Is(err, os.ErrPermission):
		hint = "make it writable, or choose another path"
	}
	var pe *os.PathError
	if errors.As(err, &pe) {
		err = pe.Err // the path in it may be the temporary one
	}
	return fmt.Errorf("cannot write %s: %w; %s", path, err, hint)
}

// write writes the content with f and puts the file in its place.
func (o *output) write(f func(io.Writer) error) error {
	err := f(o.w)
	if o.file != nil {
		if cerr := o.file.Close(); err == nil {
			err = cerr
		}
		o.file = nil
	}
	if err == nil && o.temp != "" {
		err = os.Rename(o.temp, o.dest)
	}
	if err != nil {
		o.discard()
		if o.path == "-" {
			return fmt.Errorf("cannot write to standard output: %w", err)
		}
		return fmt.Errorf("cannot write %s: %w", o.path, err)
	}
	o.temp = ""
	return nil
}

// discard removes what write has not put in its place. It may be called on a
// nil output and more than once.
func (o *output) discard() {
	if o == nil {
		return
	}
	if o.file != nil {
		o.file.Close()
		o.file = nil
	}
	if o.temp != "" {
		os.Remove(o.temp)
		o.temp = ""
	}
}
