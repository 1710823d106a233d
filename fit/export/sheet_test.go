package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kansym/kansym/fit/export"
)

// cell is a reference to row 2 in an exported formula.
var cell = regexp.MustCompile(`\b([A-Z]{1,3})2\b`)

// lastLine is what comes below the comments.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// Formulas are computed by LibreOffice, from a workbook as Excel writes it, one
// row below the other as if the formula had been filled down.
func TestExcel(t *testing.T) {
	office := need(t, "soffice")
	cases := formulaCases(t, 150)
	var rows strings.Builder
	var keys []int
	for k, c := range cases {
		formula := strings.TrimPrefix(lastLine(written(t, c, export.Excel, k)), "=")
		for _, values := range c.rows {
			r := len(keys) + 1
			fmt.Fprintf(&rows, `<row r="%d">`, r)
			for i, v := range values {
				fmt.Fprintf(&rows, `<c r="%c%d"><v>%s</v></c>`, 'A'+i, r, strconv.FormatFloat(v, 'g', -1, 64))
			}
			fmt.Fprintf(&rows, `<c r="Z%d"><f>%s</f></c></row>`, r, cell.ReplaceAllString(formula, "${1}"+strconv.Itoa(r)))
			keys = append(keys, k)
		}
	}
	dir := t.TempDir()
	save(t, filepath.Join(dir, "in.xlsx"), workbook(t, rows.String()))
	output(t, dir, office, "-env:UserInstallation=file://"+filepath.ToSlash(dir)+"/profile", "--headless",
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "out", "in.xlsx")
	values := sheetValues(t, filepath.Join(dir, "out", "in.xlsx"))
	got := make([][]float64, len(cases))
	for r, k := range keys {
		v, ok := values["Z"+strconv.Itoa(r+1)]
		if !ok {
			t.Fatalf("row %d has no value", r+1)
		}
		got[k] = append(got[k], v)
	}
	checkAll(t, cases, got, 0)
}

// workbook is a file of one sheet.
func workbook(t *testing.T, rows string) string {
	t.Helper()
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	const main = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	const pack = `http://schemas.openxmlformats.org/package/2006/`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + pack + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + pack + `relationships"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + pack + `relationships"><Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", `<worksheet xmlns="` + main + `"><sheetData>` + rows + `</sheetData></worksheet>`},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = io.WriteString(w, head+f[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// sheetValues reads the numbers of a workbook, NaN for errors.
func sheetValues(t *testing.T, path string) map[string]float64 {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Cells []struct {
			At    string `xml:"r,attr"`
			Type  string `xml:"t,attr"`
			Value string `xml:"v"`
		} `xml:"sheetData>row>c"`
	}
	if err := xml.NewDecoder(f).Decode(&sheet); err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{}
	for _, c := range sheet.Cells {
		v, err := strconv.ParseFloat(c.Value, 64)
		if err != nil {
			if c.Type != "e" {
				t.Fatalf("cell %s of type %q is %q", c.At, c.Type, c.Value)
			}
			v = math.NaN()
		}
		values[c.At] = v
	}
	return values
}

// With LET the formula is the same but for the names, which bind the cells.
func TestLet(t *testing.T) {
	bind := regexp.MustCompile(`([A-Za-z_]\w*),([A-Z]+2),`)
	for _, c := range formulaCases(t, 30) {
		var plain, let bytes.Buffer
		if err := export.Write(&plain, c.model, export.Excel, export.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := export.Write(&let, c.model, export.Excel, export.Options{Let: true}); err != nil {
			t.Fatal(err)
		}
		body, ok := strings.CutPrefix(lastLine(let.String()), "=LET(")
		body, closed := strings.CutSuffix(body, ")")
		if !ok || !closed {
			t.Fatalf("%s: no LET in %s", c.name, let.String())
		}
		seen := map[string]bool{}
		for range c.model.Inputs {
			m := bind.FindStringSubmatchIndex(body)
			if m == nil || m[0] != 0 {
				t.Fatalf("%s: no name is bound at %q", c.name, body)
			}
			name, at := body[m[2]:m[3]], body[m[4]:m[5]]
			if cell.MatchString(strings.ToUpper(name)) || seen[strings.ToLower(name)] || strings.EqualFold(name, "r") || strings.EqualFold(name, "c") {
				t.Errorf("%s: %s cannot be a name", c.name, name)
			}
			seen[strings.ToLower(name)] = true
			body = regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(body[m[1]:], at)
		}
		if want := lastLine(plain.String()); "="+body != want {
			t.Errorf("%s: with names put back it is =%s, want %s", c.name, body, want)
		}
	}
}
