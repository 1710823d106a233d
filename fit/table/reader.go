package table

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/kansym/kansym/symbolic"
)

const (
	defaultMaxLine = 16 << 20
	sniffBytes     = 64 << 10
	maxColumns     = 10000
	maxQuoted      = 1 << 20 // bytes of a row whose quoted fields hold line ends
)

// ReaderOptions steer a Reader. The zero value is useful.
type ReaderOptions struct {
	// Reserved tells which identifiers formulas use themselves; nil means
	// symbolic.ReservedName.
	Reserved func(name string) bool

	// MaxLine bounds the length of a line in bytes; 0 means 16 MiB.
	MaxLine int
}

// Header describes the columns of a file.
type Header struct {
	Source    string
	Line      int      // where the header stands; 0 if the file has none
	Columns   []string // as the file spells them; x1, x2, ..., y without a header
	Names     []string // their identifiers
	Separator byte     // ',', '\t', ';', '|', or ' ' for runs of blanks
}

// Record is a row of a file. Its slices are valid until the next one is read.
type Record struct {
	Line   int      // where it starts, from 1
	Raw    []byte   // the text without its line end
	Fields [][]byte // one for each column, unquoted

	// Units tells that this is the first row below a header and holds words
	// where numbers should be, as rows with the units of the columns do.
	Units bool
}

// Reader reads rows one after the other and interprets no numbers. It holds
// one line in memory.
type Reader struct {
	br       *bufio.Reader
	maxLine  int
	reserved func(string) bool
	header   Header
	warnings []string

	record  Record
	begun   bool // Next was called
	pending bool // record was read ahead and is to be delivered again
	line    int  // lines read so far
	buf     []byte
	comment []byte // the last comment line before the data
	eof     bool
	err     *Error
}

// NewReader finds out how the text of r is written and reads its header. A
// first row of numbers only is data, and the columns are called x1, x2, ... and
// y for the last one. All errors are of type *Error.
func NewReader(r io.Reader, source string, opt ReaderOptions) (*Reader, error) {
	if opt.Reserved == nil {
		opt.Reserved = symbolic.ReservedName
	}
	rd := &Reader{maxLine: opt.MaxLine, reserved: opt.Reserved, header: Header{Source: source}}
	if rd.maxLine <= 0 {
		rd.maxLine = defaultMaxLine
	}
	rd.br = bufio.NewReaderSize(r, sniffBytes)
	if magic, _ := rd.br.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(rd.br)
		if err != nil {
			return nil, rd.fail(0, "cannot be decompressed", "the file is damaged: make it again", err)
		}
		rd.br = bufio.NewReaderSize(z, sniffBytes)
	}
	head, err := rd.br.Peek(sniffBytes)
	if err != nil && err != io.EOF {
		return nil, rd.readError(err)
	}
	if e := refuseBinary(source, head); e != nil {
		return nil, e
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		rd.br.Discard(3) //nolint:errcheck // the bytes were peeked
		head = head[3:]
	}
	rd.header.Separator = sniff(head, err == io.EOF)
	if err := rd.readHeader(); err != nil {
		return nil, err
	}
	return rd, nil
}

// Header returns the description of the columns.
func (rd *Reader) Header() Header { return rd.header }

// Warnings returns what had to be guessed about the file.
func (rd *Reader) Warnings() []string { return rd.warnings }

// Err returns the error that ended reading, nil at the end of the file.
func (rd *Reader) Err() error {
	if rd.err == nil {
		return nil // not a typed nil
	}
	return rd.err
}

// Record returns the row that Next has read.
func (rd *Reader) Record() Record { return rd.record }

// Next reads the next row; it returns false at the end and on an error.
// Comments, empty lines and lines of separators only are passed over.
func (rd *Reader) Next() bool {
	if rd.err != nil {
		return false
	}
	first := !rd.begun
	rd.begun = true
	if rd.pending {
		rd.pending = false
	} else if !rd.readRecord() {
		return false
	}
	want, got := len(rd.header.Columns), len(rd.record.Fields)
	for got > want && len(bytes.TrimSpace(rd.record.Fields[got-1])) == 0 {
		got--
	}
	if got != want {
		rd.err = rd.ragged(got, want)
		return false
	}
	rd.record.Fields = rd.record.Fields[:want]
	rd.record.Units = first && rd.header.Line > 0 && areUnits(rd.record.Fields)
	return true
}

// areUnits reports whether most fields are short words and none is a number.
func areUnits(fields [][]byte) bool {
	const longest = 24
	words := 0
	for _, f := range fields {
		switch _, cell := ParseCell(f); {
		case cell == CellNumber, len(f) > longest:
			return false
		case cell == CellText:
			if c := bytes.TrimSpace(f)[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == ',' || c == '=' || c == '$' {
				return false // meant as a number, a date or a price
			}
			words++
		}
	}
	return 2*words > len(fields)
}

func (rd *Reader) ragged(got, want int) *Error {
	what := "the header"
	if rd.header.Line == 0 {
		what = "the first row"
	}
	hint := "complete or remove the line"
	if rd.header.Separator == ',' && got == 2*want {
		hint = "if the numbers have decimal commas, write decimal points"
	}
	return rd.fail(rd.record.Line, fmt.Sprintf("%s where %s has %d", count(got, "field"), what, want), hint, nil)
}

// readHeader reads up to the first row and names the columns.
func (rd *Reader) readHeader() error {
	if !rd.readRecord() {
		if rd.err != nil {
			return rd.err
		}
		return rd.fail(0, "is empty", "expected a header line and rows of numbers", nil)
	}
	// Spreadsheets end every line, the header too, with empty fields.
	for n := len(rd.record.Fields); n > 1 && len(bytes.TrimSpace(rd.record.Fields[n-1])) == 0; n-- {
		rd.record.Fields = rd.record.Fields[:n-1]
	}
	first := rd.record
	columns := make([]string, len(first.Fields))
	numbers := 0
	for i, f := range first.Fields {
		if !utf8.Valid(f) {
			return rd.fail(first.Line, fmt.Sprintf("%q is not UTF-8 text", shorten(f)),
				"save the file as UTF-8, or convert it with: iconv -f latin1 -t utf-8", nil)
		}
		columns[i] = string(bytes.TrimSpace(f))
		if _, cell := ParseCell(f); cell == CellNumber {
			numbers++
		}
	}
	h := &rd.header
	h.Line = first.Line
	if numbers == len(columns) {
		columns = rd.headless(columns)
	}
	h.Columns = columns
	h.Names = identifiers(columns, rd.reserved)
	return nil
}

// headless names the columns of a file whose first row holds data. numpy and
// others write the header as a comment, which is used if it fits.
func (rd *Reader) headless(columns []string) []string {
	n := len(columns)
	rd.pending = true
	if names, ok := rd.commentHeader(n); ok {
		rd.header.Line--
		rd.warnings = append(rd.warnings, "the comment above the first row was taken as the header")
		return names
	}
	rd.header.Line = 0
	for i := range columns {
		columns[i] = "x" + strconv.Itoa(i+1)
	}
	if n == 1 {
		columns[0] = "y"
		return columns
	}
	columns[n-1] = "y"
	named := "x1"
	if n > 2 {
		named = fmt.Sprintf("x1 to x%d", n-1)
	}
	rd.warnings = append(rd.warnings,
		fmt.Sprintf("the first row holds numbers only, so it was taken as data and the columns were called %s and y; add a header line to name them", named))
	return columns
}

func (rd *Reader) commentHeader(n int) ([]string, bool) {
	if n < 2 || rd.comment == nil || !utf8.Valid(rd.comment) {
		return nil, false
	}
	fields, _, ok := split(nil, bytes.TrimLeft(rd.comment, "# \t"), rd.header.Separator)
	if !ok || len(fields) != n {
		return nil, false
	}
	names := make([]string, n)
	seen := map[string]bool{}
	for i, f := range fields {
		names[i] = string(bytes.TrimSpace(f))
		if names[i] == "" || seen[names[i]] || isNumber(names[i]) {
			return nil, false
		}
		seen[names[i]] = true
	}
	return names, true
}

// readRecord reads the next row that holds anything into rd.record.
func (rd *Reader) readRecord() bool {
	for {
		rd.buf = rd.buf[:0]
		start := rd.line + 1
		if !rd.readLine() {
			return false
		}
		trimmed := bytes.TrimSpace(rd.buf)
		if len(trimmed) == 0 || start == 1 && isSeparatorLine(rd.buf) {
			continue
		}
		if trimmed[0] == '#' {
			if rd.header.Columns == nil {
				rd.comment = append([]byte(nil), trimmed...)
			}
			continue
		}
		fields, open, ok := split(rd.record.Fields[:0], rd.buf, rd.header.Separator)
		if open {
			if !rd.readQuoted(start) {
				return false
			}
			fields, open, ok = split(fields[:0], rd.buf, rd.header.Separator)
		}
		switch {
		case open:
			rd.err = rd.unclosed(start)
			return false
		case !ok:
			rd.err = rd.fail(start, "text follows the closing quote of a field",
				`double the quotes inside a quoted field ("")`, nil)
			return false
		case len(fields) > maxColumns:
			rd.err = rd.fail(start, fmt.Sprintf("more than %d columns", maxColumns),
				"leave out columns that a formula cannot need", nil)
			return false
		}
		rd.record = Record{Line: start, Raw: rd.buf, Fields: fields}
		if !blank(fields) {
			return true
		}
	}
}

// readQuoted appends lines to a row whose last field has an open quote until
// one closes it: a line inside a quoted field that has an even number of
// quotes leaves the row open.
func (rd *Reader) readQuoted(start int) bool {
	for {
		rd.buf = append(rd.buf, '\n')
		begin := len(rd.buf)
		if begin > maxQuoted || !rd.readLine() {
			if rd.err == nil {
				rd.err = rd.unclosed(start)
			}
			return false
		}
		if bytes.Count(rd.buf[begin:], []byte{'"'})%2 == 1 {
			return true
		}
	}
}

func (rd *Reader) unclosed(start int) *Error {
	return rd.fail(start, "a quoted field that begins here is not closed", `close it with a double quote (")`, nil)
}

// readLine appends the next line, without its end, to rd.buf.
func (rd *Reader) readLine() bool {
	if rd.err != nil || rd.eof {
		return false
	}
	begin := len(rd.buf)
	for {
		part, err := rd.br.ReadSlice('\n')
		if len(rd.buf)+len(part) > rd.maxLine+2 {
			rd.err = rd.fail(rd.line+1, fmt.Sprintf("the line is longer than %s", size(rd.maxLine)),
				"is this a table of numbers, one row a line?", nil)
			return false
		}
		rd.buf = append(rd.buf, part...)
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF {
			rd.eof = true
			if len(rd.buf) == begin {
				return false
			}
		} else if err != nil {
			rd.err = rd.readError(err)
			return false
		}
		break
	}
	rd.line++
	rd.buf = bytes.TrimSuffix(rd.buf, []byte{'\n'})
	rd.buf = bytes.TrimSuffix(rd.buf, []byte{'\r'})
	if bytes.IndexByte(rd.buf[begin:], 0) >= 0 {
		rd.err = rd.fail(rd.line, "holds binary data", "expected a table as text, such as CSV", nil)
		return false
	}
	return true
}

func (rd *Reader) readError(err error) *Error {
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
		return rd.fail(0, "cannot be decompressed", "the file is damaged or incomplete: make it again", err)
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return rd.fail(0, "cannot be read", "", err)
}

func (rd *Reader) fail(line int, problem, hint string, err error) *Error {
	return &Error{Source: rd.header.Source, Line: line, Problem: problem, Hint: hint, Err: err}
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(bytes.TrimSpace(f)) > 0 {
			return false
		}
	}
	return true
}

func size(n int) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return count(n, "byte")
}
