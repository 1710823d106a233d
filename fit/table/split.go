package table

import "bytes"

// split appends the fields of a row to dst. Fields may be quoted by double
// quotes, which are doubled inside; a quote that does not begin a field is text.
// The fields share memory with text unless they hold doubled quotes. open
// reports that a quoted field goes on in the next line, ok that no text follows
// a closing quote. It stops one field after the greatest number of columns.
func split(dst [][]byte, text []byte, sep byte) (fields [][]byte, open, ok bool) {
	if sep == ' ' {
		return splitBlanks(dst, text), false, true
	}
	for len(dst) <= maxColumns {
		start := text
		if sep != '\t' {
			start = bytes.TrimLeft(text, " \t")
		} else {
			start = bytes.TrimLeft(text, " ")
		}
		if len(start) == 0 || start[0] != '"' {
			i := bytes.IndexByte(text, sep)
			if i < 0 {
				return append(dst, text), false, true
			}
			dst = append(dst, text[:i])
			text = text[i+1:]
			continue
		}
		field, rest, closed := unquote(start[1:])
		if !closed {
			return dst, true, true
		}
		dst = append(dst, field)
		after := bytes.TrimLeft(rest, " ")
		if len(after) == 0 {
			return dst, false, true
		}
		if after[0] != sep {
			return dst, false, false
		}
		text = after[1:]
	}
	return dst, false, true
}

// unquote returns the field up to its closing quote and the text behind it.
func unquote(text []byte) (field, rest []byte, closed bool) {
	i := bytes.IndexByte(text, '"')
	if i < 0 {
		return nil, nil, false
	}
	if i+1 >= len(text) || text[i+1] != '"' {
		return text[:i], text[i+1:], true
	}
	for {
		field = append(field, text[:i]...)
		text = text[i+1:]
		if len(text) == 0 || text[0] != '"' {
			return field, text, true
		}
		field = append(field, '"')
		text = text[1:]
		if i = bytes.IndexByte(text, '"'); i < 0 {
			return nil, nil, false
		}
	}
}

func splitBlanks(dst [][]byte, text []byte) [][]byte {
	for len(dst) <= maxColumns {
		text = bytes.TrimLeft(text, " \t")
		if len(text) == 0 {
			break
		}
		i := bytes.IndexAny(text, " \t")
		if i < 0 {
			return append(dst, text)
		}
		dst = append(dst, text[:i])
		text = text[i:]
	}
	return dst
}
