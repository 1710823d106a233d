package table

import "bytes"

// signatures are the first bytes of files that are often mistaken for tables
// of text.
var signatures = []struct{ magic, problem, hint string }{
	{"PK\x03\x04", "is a spreadsheet or zip archive, not text", "save the sheet as CSV"},
	{"\xd0\xcf\x11\xe0", "is an old spreadsheet, not text", "save the sheet as CSV"},
	{"PAR1", "is a Parquet file, not text", "convert it to CSV"},
	{"\x89HDF", "is an HDF5 file, not text", "write the table as CSV"},
	{"\x93NUMPY", "is a NumPy array, not text", "write it with numpy.savetxt"},
	{"\xff\xfe", "is UTF-16 text", "save the file as UTF-8"},
	{"\xfe\xff", "is UTF-16 text", "save the file as UTF-8"},
	{"BZh", "is compressed with bzip2", "decompress it first (gzip is read as it is)"},
	{"\xfd7zXZ", "is compressed with xz", "decompress it first (gzip is read as it is)"},
	{"\x28\xb5\x2f\xfd", "is compressed with zstd", "decompress it first (gzip is read as it is)"},
}

// refuseBinary recognises what is not text by the first bytes of a file.
func refuseBinary(source string, head []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return &Error{Source: source, Problem: s.problem, Hint: s.hint}
		}
	}
	if wide(head) {
		return &Error{Source: source, Problem: "is UTF-16 text", Hint: "save the file as UTF-8"}
	}
	if i := bytes.IndexByte(head, 0); i >= 0 {
		return &Error{
			Source: source, Line: 1 + bytes.Count(head[:i], []byte{'\n'}),
			Problem: "holds binary data", Hint: "expected a table as text, such as CSV",
		}
	}
	if i := bytes.IndexByte(head, '\r'); i >= 0 && bytes.IndexByte(head, '\n') < 0 && i+1 < len(head) {
		return &Error{
			Source: source, Problem: "has lines that end in a carriage return alone",
			Hint: `convert them with: tr '\r' '\n' <FILE`,
		}
	}
	return nil
}

// wide reports whether every other byte is 0, as in UTF-16 text of Latin letters
// without a mark in front.
func wide(head []byte) bool {
	const enough, most = 8, 64
	head = head[:min(len(head), most)&^1]
	if len(head) < enough {
		return false
	}
	for i := 0; i < len(head); i += 2 {
		if (head[i] == 0) == (head[i+1] == 0) || (head[i] == 0) != (head[0] == 0) {
			return false
		}
	}
	return true
}

var separators = []byte{',', '\t', ';', '|'}

// sniffLines is how many lines the separator is told from.
const sniffLines = 50

// sniff returns the separator that splits the first lines of a file into the
// same number of fields, more than one, and of the fields after the first line
// most into numbers. Runs of blanks come last, since names can have blanks.
// whole tells that head is the whole file.
func sniff(head []byte, whole bool) byte {
	lines := firstLines(head, whole)
	if len(lines) == 0 {
		return ','
	}
	if sep, ok := separatorLine(lines[0]); ok {
		return sep
	}
	best, bestScore := byte(0), 0.0
	for _, sep := range separators {
		if s := score(lines, sep); s > bestScore {
			best, bestScore = sep, s
		}
	}
	if best != 0 {
		return best
	}
	// Blanks separate only if every line agrees.
	n := len(bytes.Fields(lines[0]))
	for _, l := range lines {
		if n < 2 || len(bytes.Fields(l)) != n {
			return ','
		}
	}
	return ' '
}

// score rates a separator: 0 if it does not occur in the first line, else the
// share of lines with as many fields as the first, and of fields that look
// like numbers.
func score(lines [][]byte, sep byte) float64 {
	fields, _, _ := split(nil, lines[0], sep)
	n := len(fields)
	if n < 2 {
		return 0
	}
	matching, total, numeric := 0, 0, 0
	rows := lines[1:]
	if len(rows) == 0 {
		rows = lines
	}
	for _, l := range rows {
		fields, _, _ = split(fields[:0], l, sep)
		if len(fields) == n {
			matching++
		}
		for _, f := range fields {
			total++
			if looksNumeric(f) {
				numeric++
			}
		}
	}
	return 0.01 + float64(matching)/float64(len(rows)) + float64(numeric)/float64(total)
}

// firstLines returns the first complete lines that are neither empty nor
// comments, or the beginning of the first line if none is complete.
func firstLines(head []byte, whole bool) [][]byte {
	var lines [][]byte
	for len(head) > 0 && len(lines) < sniffLines {
		line, rest, found := bytes.Cut(head, []byte{'\n'})
		if !found && !whole && len(lines) > 0 {
			break
		}
		head = rest
		if t := bytes.TrimSpace(line); len(t) > 0 && t[0] != '#' {
			lines = append(lines, bytes.TrimRight(line, "\r"))
		}
	}
	return lines
}

// separatorLine recognises the line "sep=;" that Excel puts above a header.
func separatorLine(line []byte) (byte, bool) {
	if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) && bytes.IndexByte(separators, line[4]) >= 0 {
		return line[4], true
	}
	return 0, false
}

func isSeparatorLine(line []byte) bool {
	_, ok := separatorLine(line)
	return ok
}
