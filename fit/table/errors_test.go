package table

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

const good = "a,b,y\n1,2,3\n2,5,6\n3,1,5\n4,7,2\n5,6,9\n"

// TestBadInput holds what a user reads for every kind of bad input, word for
// word.
func TestBadInput(t *testing.T) {
	tests := []struct {
		name, text string
		opt        Options
		want       string
	}{
		{"empty", "", Options{},
			`data.csv: is empty; expected a header line and rows of numbers`},
		{"blank lines only", "\n \n\r\n", Options{},
			`data.csv: is empty; expected a header line and rows of numbers`},
		{"header only", "a,y\n", Options{},
			`data.csv:1: has a header but no rows; expected rows of numbers below it`},
		{"one row", "a,y\n1,2\n", Options{},
			`data.csv: has only 1 row; at least 4 are needed to fit a formula and check it`},
		{"short row", "a,b,y\n1,2,3\n4,5\n", Options{},
			`data.csv:3: 2 fields where the header has 3; complete or remove the line`},
		{"long row below comments", "a,y\n# one\n\n1,2\n3,4,5\n", Options{},
			`data.csv:5: 3 fields where the header has 2; complete or remove the line`},
		{"ragged without header", "1,2\n3\n", Options{},
			`data.csv:2: 1 field where the first row has 2; complete or remove the line`},
		{"word", "a,y\n1,2\n2,abc\n", Options{},
			`data.csv:3: column "y": "abc" is not a number; correct it, or leave the column out with --exclude`},
		{"long text", "a,y\n1,2\n2," + strings.Repeat("z", 100) + "\n", Options{},
			`data.csv:3: column "y": "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz..." is not a number; correct it, or leave the column out with --exclude`},
		{"missing is an error", "a,y\n1,2\n,3\nNaN,4\n1,inf\n2,-Inf\n", Options{Missing: MissingError},
			`data.csv:3: column "a": the number is missing; 1 empty cell, 1 NaN, 2 infinities in 4 rows in all; complete the data, or leave such rows out with --missing drop`},
		{"too few complete rows", "a,y\n1,2\n2,3\n3,\n4,\n5,5\n", Options{},
			`data.csv: has only 3 complete rows; at least 4 are needed to fit a formula and check it; left out: 2 rows for 2 empty cells in column y`},
		{"no complete row", "a,y\n1,\n,3\n3,\n,4\n,5\n", Options{},
			`data.csv: has no complete row; at least 4 are needed to fit a formula and check it; left out: 5 rows for 5 empty cells in columns a, y`},
		{"column without any number", "a,b,y\n1,,2\n2,,3\n3,,4\n", Options{},
			`data.csv: column "b": holds no number in any row; leave the column out with --exclude`},
		{"duplicate name", "a,a,y\n1,2,3\n", Options{},
			`data.csv:1: columns 1 and 2 are both called "a"; rename one, or leave one out with --exclude '#2'`},
		{"ambiguous target", "a,y,y\n1,2,3\n", Options{Target: "y"},
			`data.csv:1: columns 2 and 3 are both called "y"; rename one in the header, or say which as '#2' or '#3'`},
		{"empty name", "a,,y\n1,2,3\n", Options{},
			`data.csv:1: column 2 has no name; name it in the header, or leave it out with --exclude '#2'`},
		{"unknown target, near", "mass,speed\n1,2\n", Options{Target: "sped"},
			`data.csv:1: there is no column "sped" for the target; did you mean "speed"? the columns are "mass", "speed"`},
		{"unknown target, far", "mass,speed\n1,2\n", Options{Target: "temperature"},
			`data.csv:1: there is no column "temperature" for the target; the columns are "mass", "speed"`},
		{"unknown input", good, Options{Inputs: []string{"a", "c"}},
			`data.csv:1: there is no column "c" for an input; the columns are "a", "b", "y"`},
		{"unknown excluded", good, Options{Exclude: []string{"zeta"}},
			`data.csv:1: there is no column "zeta" to exclude; the columns are "a", "b", "y"`},
		{"position out of range", good, Options{Exclude: []string{"#4"}},
			`data.csv:1: there is no column "#4" to exclude; it has 3 columns: "a", "b", "y"`},
		{"constant target", "a,y\n1,3\n2,3\n3,3\n4,3\n", Options{},
			`data.csv: column "y": the target is 3 in every row, which leaves nothing to explain; choose another column with --target`},
		{"constant inputs", "a,y\n1,3\n1,4\n1,5\n1,6\n", Options{},
			`data.csv: no input varies, only the target does; a formula needs an input that changes from row to row`},
		{"equal rows", "a,y\n1,3\n1,3\n1,3\n1,3\n", Options{},
			`data.csv: all 4 rows are equal; a formula can be found only where something varies`},
		{"fewer rows than inputs", "a,b,c,d,e,y\n1,2,3,4,5,6\n2,3,1,5,4,1\n4,2,4,1,1,2\n5,5,9,2,2,3\n", Options{},
			`data.csv: 4 rows are fewer than the 5 inputs; measure more rows, or choose the inputs that matter with --inputs`},
		{"target among inputs", good, Options{Target: "y", Inputs: []string{"a", "y"}},
			`data.csv: column "y": is the target and cannot be an input; change the options`},
		{"default target among inputs", good, Options{Inputs: []string{"a", "y"}},
			`data.csv: column "y": is the last one and so the target, but is listed among the inputs too; change the options`},
		{"weights among inputs", good, Options{Weights: "b", Inputs: []string{"a", "b"}},
			`data.csv: column "b": holds the weights and cannot be an input; change the options`},
		{"weights are the target", good, Options{Weights: "y", Target: "y"},
			`data.csv: column "y": is both the weights and the target; change the options`},
		{"excluded input", good, Options{Exclude: []string{"a"}, Inputs: []string{"a"}},
			`data.csv: column "a": is both excluded and an input; change the options`},
		{"excluded target", good, Options{Exclude: []string{"y"}, Target: "y"},
			`data.csv: column "y": is both excluded and the target; change the options`},
		{"excluded weights", good, Options{Exclude: []string{"b"}, Weights: "b"},
			`data.csv: column "b": is both excluded and the weights; change the options`},
		{"everything excluded", "a,y\n1,2\n", Options{Exclude: []string{"a", "y"}},
			`data.csv:1: no column is left for the target; exclude fewer columns`},
		{"inputs excluded", "a,y\n1,2\n", Options{Exclude: []string{"a"}},
			`data.csv:1: no column is left as an input; exclude fewer columns`},
		{"one column", "y\n1\n2\n3\n4\n", Options{},
			`data.csv:1: has only one column, "y"; a formula needs an input and a target, separated by commas, tabs, semicolons, bars or blanks; if the line is a title, remove it`},
		{"negative weight", "a,w,y\n1,1,2\n2,-0.5,3\n", Options{Weights: "w"},
			`data.csv:3: column "w": the weight -0.5 is negative; weights are 0 or greater`},
		{"weights all zero", "a,w,y\n1,0,2\n2,0,3\n3,0,4\n4,1,4\n", Options{Weights: "w"},
			`data.csv: column "w": a weight above 0 in only 1 row; at least 4 are needed`},
		{"open quote", "a,y\n1,2\n\"3,4\n5,6\n", Options{},
			`data.csv:3: a quoted field that begins here is not closed; close it with a double quote (")`},
		{"text behind a quote", "a,y\n\"1\"2,3\n", Options{},
			`data.csv:2: text follows the closing quote of a field; double the quotes inside a quoted field ("")`},
		{"binary", "a,y\n1,2\x00\n", Options{},
			`data.csv:2: holds binary data; expected a table as text, such as CSV`},
		{"workbook", "PK\x03\x04rest", Options{},
			`data.csv: is a spreadsheet or zip archive, not text; save the sheet as CSV`},
		{"utf-16", "\xff\xfea\x00,\x00", Options{},
			`data.csv: is UTF-16 text; save the file as UTF-8`},
		{"latin-1 header", "\xb5,y\n1,2\n", Options{},
			`data.csv:1: "\xb5" is not UTF-8 text; save the file as UTF-8, or convert it with: iconv -f latin1 -t utf-8`},
		{"old Macintosh lines", "a,y\r1,2\r", Options{},
			`data.csv: has lines that end in a carriage return alone; convert them with: tr '\r' '\n' <FILE`},
		{"damaged gzip", "\x1f\x8b\x08rubbish", Options{},
			`data.csv: cannot be decompressed: unexpected EOF; the file is damaged: make it again`},
		{"too many columns", strings.Repeat("a,", maxColumns) + "y\n", Options{},
			`data.csv:1: more than 10000 columns; leave out columns that a formula cannot need`},
		{"long line", "a,y\n1,2\n" + strings.Repeat("1", 2000) + "\n", Options{MaxLine: 1000},
			`data.csv:3: the line is longer than 1000 bytes; is this a table of numbers, one row a line?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, tt.text, tt.opt)
			if err == nil {
				t.Fatal("accepted")
			}
			if err.Error() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", err, tt.want)
			}
			var e *Error
			if !errors.As(err, &e) {
				t.Errorf("the error is a %T, not an *Error", err)
			}
		})
	}
}

// TestNotNumber holds the hints for texts that people take for numbers.
func TestNotNumber(t *testing.T) {
	tests := []struct{ cell, want string }{
		{"1,5", "has a decimal comma"},
		{"-0,25e3", "has a decimal comma"},
		{"1,234", "decimal comma or a thousands separator"},
		{"1,234.5", "has thousands separators"},
		{"1,234,567", "has thousands separators"},
		{"1.234,5", "has thousands separators and a decimal comma"},
		{"1 234", "has thousands separators"},
		{"1'234.5", "has thousands separators"},
		{"1_000", "has thousands separators"},
		{"12%", "has a percent sign"},
		{"\u22121.5", "has a typographic minus sign"},
		{"1.5D+03", "has a Fortran exponent"},
		{"1e999", "is too large"},
		{"0x1p4", "is not a number"},
		{"2024-05-06", "is a date or a time"},
		{"06.05.2024", "is a date or a time"},
		{"5/6/24", "is a date or a time"},
		{"2024-05-06T12:00:00Z", "is a date or a time"},
		{"12:30", "is a date or a time"},
		{"true", "write 1 for what is true"},
		{"No", "write 1 for what is true"},
		{"=A1*2", "is a formula of a spreadsheet"},
		{"1-2", "is not a number"},
		{"1.5 m", "is not a number"},
		{"nanometre", "is not a number"},
		{"\xff\xfe", "is not a number"},
	}
	for _, tt := range tests {
		text := fmt.Sprintf("a\ty\n1\t2\n2\t%s\n", tt.cell)
		_, err := read(t, text, Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %q", tt.cell, err, tt.want)
		}
		if err != nil && !strings.HasPrefix(err.Error(), `data.csv:3: column "y": `) {
			t.Errorf("%q: the position is missing in %v", tt.cell, err)
		}
	}
}
