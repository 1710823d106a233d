package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kansym/kansym/fit/table"
	"github.com/kansym/kansym/symbolic"
)

// predictOptions are the flags of kansym predict.
type predictOptions struct {
	output    string
	column    string
	missing   string
	functions []string
	quiet     bool
}

func (p *program) predictCommand() *cobra.Command {
	o := &predictOptions{}
	c := &cobra.Command{
		Use:   "predict FORMULA|MODEL.json DATA",
		Short: "Evaluate a formula or a model on the rows of a table",
		Long: `Evaluate a formula or a model on every row of a table and write the table with
one more column, the prediction.

The first argument is a formula over the names of the columns, a model of
kansym fit --model, or a result of kansym fit --json, whose formula is used.
Rows on which the formula is undefined or a number is missing get an empty
prediction and are counted on standard error, as is the error against the
target if the table has it.`,
		Example: `  kansym predict 'm/sqrt(1-(v/c)^2)' new.csv
  kansym predict result.json new.csv --output predicted.csv`,
		Args: exactArgs("FORMULA or MODEL.json", "DATA"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.predict(c.Context(), args[0], args[1], o)
		},
		ValidArgsFunction: completeFiles(2),
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&o.output, "output", "o", "-", "write to `file`; - is standard output")
	f.StringVar(&o.column, "column", "", "`name` of the new column (default: the target with _predicted, or prediction, and a number if there is such a column)")
	f.StringVar(&o.missing, "missing", "drop", "`what` to do with rows that lack a number: drop leaves the prediction empty, error stops, and keep-sentinels takes numbers like -999 that the fit took for missing ones as they are")
	f.StringArrayVar(&o.functions, "function", nil, "define a function that the formula uses by its `definition`, as in 'lorentz(x)=1/(1+x^2)'; may be repeated")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing on standard error")
	return c
}

// predict runs the command.
func (p *program) predict(ctx context.Context, what, path string, o *predictOptions) error {
	missing, err := table.ParseMissing(o.missing)
	if err != nil {
		return fmt.Errorf("--missing: %w", err)
	}
	v, err := newVocabulary("", o.functions)
	if err != nil {
		return err
	}
	model, err := newPredictor(what, v)
	if err != nil {
		return withFunctionHint(err)
	}
	in, source, err := p.openData(path)
	if err != nil {
		return err
	}
	defer in.Close()
	rd, err := table.NewReader(in, source, table.ReaderOptions{Reserved: v.reserved})
	if err != nil {
		return err
	}
	job, err := newPrediction(rd, model, missing)
	if err != nil {
		return err
	}
	name, err := predictionName(o.column, model, job.header)
	if err != nil {
		return err
	}
	if o.output != "-" && path != "-" && sameFile(o.output, path) {
		return fmt.Errorf("%s holds the data and would be overwritten; choose another file", o.output)
	}
	out, err := openOutput(o.output, p.stdout)
	if err != nil {
		return err
	}
	defer out.discard()
	var bad error // what is wrong with the data, not with the output
	err = out.write(func(w io.Writer) error {
		b := bufio.NewWriter(w)
		werr := job.run(ctx, b, name)
		if errors.As(werr, new(*table.Error)) || errors.As(werr, new(*failure)) {
			bad = werr
		}
		if werr != nil && o.output != "-" {
			return werr
		}
		return errors.Join(werr, b.Flush())
	})
	switch {
	case bad != nil:
		return bad
	case err != nil:
		return err
	}
	if s := job.summary(); s != "" && !o.quiet {
		fmt.Fprintf(p.stderr, "kansym: %s\n", s)
	}
	if job.compared > 0 {
		rmse, relative := job.errors()
		p.warn(o.quiet, disagreement(what, path, model.told, rmse, relative))
	}
	return nil
}

// predictionName is what the column of predictions is called: as the user asks,
// or by a name that no column has.
func predictionName(asked string, model *predictor, h table.Header) (string, error) {
	taken := func(name string) bool { return h.Line > 0 && slices.Contains(h.Columns, name) }
	if asked != "" {
		if taken(asked) {
			return "", fmt.Errorf("--column %s: %s has a column of this name; choose another", asked, h.Source)
		}
		return asked, nil
	}
	base := "prediction"
	if model.target != "" {
		base = model.target + "_predicted"
	}
	name := base
	for k := 2; taken(name); k++ {
		name = base + "_" + strconv.Itoa(k)
	}
	return name, nil
}

// blockRows is how many rows are predicted at a time.
const blockRows = 512

// prediction writes the rows of a reader with the predictions of a model.
type prediction struct {
	rd      *table.Reader
	header  table.Header
	model   *predictor
	missing table.Missing
	source  []int // the column of the file for each input
	target  int   // column of the target, -1 if the file has none

	// The numbers that stand for missing ones, for each input and the target, and
	// in how many rows they do.
	none      [][]float64
	targetNot []float64
	stood     int

	// A block of rows: their text, whether they are complete, and the numbers
	// of the complete ones.
	text     []byte
	ends     []int
	complete []bool
	cols     [][]float64
	dst      []float64
	truth    []float64 // NaN where the target is missing
	field    []byte

	rows, undefined, incomplete int
	compared                    int
	unit                        float64 // of the following, see compare
	sse, mean, spread           float64
}

func newPrediction(rd *table.Reader, model *predictor, missing table.Missing) (*prediction, error) {
	j := &prediction{rd: rd, header: rd.Header(), model: model, missing: missing, target: -1}
	for _, x := range model.inputs {
		// A file that goes by other names than the one that was fitted has
		// the identifiers.
		i, err := j.header.Index(x.Column, "for a variable of the formula")
		if err != nil {
			k, again := j.header.Index(x.Name, "")
			if again != nil {
				return nil, err
			}
			i = k
		}
		j.source = append(j.source, i)
		j.none = append(j.none, sentinelValues(model.none, x.Column, x.Name))
	}
	if model.target != "" {
		if i, err := j.header.Index(model.target, ""); err == nil {
			j.target = i
			j.targetNot = sentinelValues(model.none, model.target, j.header.Columns[i], j.header.Names[i])
		}
	}
	j.cols = make([][]float64, len(model.inputs))
	return j, nil
}

// run writes all rows, below a header if the file has one. Nothing is written
// if the first rows are in error.
func (j *prediction) run(ctx context.Context, w *bufio.Writer, name string) error {
	for first := true; ; first = false {
		more, err := j.fill()
		if err != nil {
			return err
		}
		if first && j.header.Line > 0 {
			j.writeHeader(w, name)
		}
		if err := j.flush(w); err != nil {
			return err
		}
		if !more {
			return nil
		}
		if ctx.Err() != nil {
			return &failure{code: exitInterrupted, err: fmt.Errorf("interrupted after %d rows", j.rows)}
		}
	}
}

// writeHeader writes the header with the new column. Errors come with flush.
func (j *prediction) writeHeader(w *bufio.Writer, name string) {
	for _, c := range j.header.Columns {
		w.WriteString(quote(c, j.header.Separator))
		w.WriteByte(j.header.Separator)
	}
	w.WriteString(quote(name, j.header.Separator))
	w.WriteByte('\n')
}

// fill reads a block.
func (j *prediction) fill() (more bool, err error) {
	j.text, j.ends, j.complete, j.truth = j.text[:0], j.ends[:0], j.complete[:0], j.truth[:0]
	for i := range j.cols {
		j.cols[i] = j.cols[i][:0]
	}
	for len(j.ends) < blockRows {
		if !j.rd.Next() {
			return false, j.rd.Err()
		}
		rec := j.rd.Record()
		ok := false
		if rec.Units {
			j.rows, j.incomplete = -1, -1 // no row of data, and nothing is missing
		} else if ok, err = j.numbers(rec); err != nil {
			return false, err
		}
		j.text = j.appendRow(j.text, rec)
		j.ends = append(j.ends, len(j.text))
		j.complete = append(j.complete, ok)
	}
	return true, nil
}

// numbers appends the inputs of a row to the block; it reports whether there
// are none missing.
func (j *prediction) numbers(rec table.Record) (bool, error) {
	for k, i := range j.source {
		v, cell := table.ParseCell(rec.Fields[i])
		stands := cell == table.CellNumber && j.missing != table.MissingKeepSentinels && slices.Contains(j.none[k], v)
		if stands {
			cell = table.CellNaN
		}
		switch {
		case cell == table.CellText:
			err := table.NotNumber(j.header, rec, i)
			err.Hint += ", or leave the cell empty if there is no number"
			return false, err
		case stands && j.missing == table.MissingError:
			return false, &table.Error{
				Source: j.header.Source, Line: rec.Line, Column: j.header.Columns[i],
				Problem: fmt.Sprintf("the value %g stands for a missing number, as in the data of the fit", v),
				Hint:    "complete the data, leave such predictions empty with --missing drop, or take it for a number with --missing keep-sentinels",
			}
		case cell != table.CellNumber && j.missing == table.MissingError:
			return false, &table.Error{
				Source: j.header.Source, Line: rec.Line, Column: j.header.Columns[i],
				Problem: "the number is missing", Hint: "complete the data, or leave such predictions empty with --missing drop",
			}
		case cell != table.CellNumber:
			if stands {
				j.stood++
			}
			for l := range k {
				j.cols[l] = j.cols[l][:len(j.cols[l])-1]
			}
			return false, nil
		}
		j.cols[k] = append(j.cols[k], v)
	}
	truth := math.NaN()
	if j.target >= 0 {
		if v, cell := table.ParseCell(rec.Fields[j.target]); cell == table.CellNumber && (j.missing == table.MissingKeepSentinels || !slices.Contains(j.targetNot, v)) {
			truth = v
		}
	}
	j.truth = append(j.truth, truth)
	return true, nil
}

// appendRow appends the fields of a row as they stand in the file, with runs
// of blanks made one blank and empty fields at the end left out.
func (j *prediction) appendRow(dst []byte, rec table.Record) []byte {
	for i, f := range rec.Fields {
		if i > 0 {
			dst = append(dst, j.header.Separator)
		}
		dst = append(dst, quote(string(f), j.header.Separator)...)
	}
	return dst
}

// flush predicts the block and writes it.
func (j *prediction) flush(w *bufio.Writer) error {
	n := len(j.truth)
	if cap(j.dst) < n {
		j.dst = make([]float64, blockRows)
	}
	j.dst = j.dst[:n]
	if n > 0 {
		j.model.predict(j.dst, j.cols)
	}
	begin, k := 0, 0
	for r, end := range j.ends {
		w.Write(j.text[begin:end])
		begin = end
		w.WriteByte(j.header.Separator)
		y := math.NaN()
		if j.complete[r] {
			y = j.dst[k]
			j.compare(y, j.truth[k])
			k++
		} else {
			j.incomplete++
		}
		switch {
		case !math.IsNaN(y):
			j.field = strconv.AppendFloat(j.field[:0], y, 'g', -1, 64)
			w.Write(j.field)
		case j.header.Separator == ' ':
			// Nothing cannot stand between blanks.
			w.WriteString("NaN")
		}
		if err := w.WriteByte('\n'); err != nil {
			return err
		}
		j.rows++
	}
	return nil
}

// compare counts a prediction and, where the target is known, its error. The
// spread of the target is accumulated as by Welford (1962), in units of the first
// number that is not 0, whose squares stay in range.
func (j *prediction) compare(y, truth float64) {
	if math.IsNaN(y) {
		j.undefined++
		return
	}
	if math.IsNaN(truth) {
		return
	}
	if j.unit == 0 {
		j.unit = math.Abs(truth)
	}
	if j.unit > 0 {
		y, truth = y/j.unit, truth/j.unit
	}
	j.compared++
	j.sse += (y - truth) * (y - truth)
	d := truth - j.mean
	j.mean += d / float64(j.compared)
	j.spread += d * (truth - j.mean)
}

// errors are the root mean square error, and that by the spread of the target,
// NaN or infinite where the target does not vary.
func (j *prediction) errors() (rmse, relative float64) {
	rmse = math.Sqrt(j.sse / float64(j.compared))
	if j.unit > 0 {
		rmse *= j.unit
	}
	return rmse, math.Sqrt(j.sse / j.spread)
}

// summary says what is worth knowing about the predictions, if anything.
func (j *prediction) summary() string {
	var parts []string
	if j.undefined > 0 {
		parts = append(parts, fmt.Sprintf("the formula is undefined on %d of %d rows", j.undefined, j.rows))
	}
	if j.incomplete > 0 {
		s := fmt.Sprintf("a number is missing in %d of %d rows", j.incomplete, j.rows)
		if j.stood > 0 {
			s += fmt.Sprintf(", in %d of them with a number in its place that the fit took for that", j.stood)
		}
		parts = append(parts, s)
	}
	if j.compared > 0 {
		rmse, _ := j.errors()
		s := fmt.Sprintf("RMSE %.3g against %s", rmse, j.header.Columns[j.target])
		if math.IsInf(rmse, 0) || math.IsNaN(rmse) {
			s = fmt.Sprintf("the RMSE against %s is too large for a number", j.header.Columns[j.target])
		} else if r2 := 1 - j.sse/j.spread; j.spread > 0 && !math.IsInf(r2, 0) {
			s += ", R^2 " + symbolic.TableR2(r2)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

// quote writes a field so that it is read back the same.
func quote(field string, sep byte) string {
	if sep == ' ' || !strings.ContainsAny(field, "\"\n\r"+string(rune(sep))) {
		return field
	}
	return `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
}
