package report

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/kansym/kansym/fit"
)

// browser starts a headless Chromium; without one the test is skipped. What the
// page complains about on the console, and every request that it makes but for
// itself, is in complaints.
func browser(t *testing.T) (ctx context.Context, complaints func() []string) {
	t.Helper()
	if testing.Short() {
		t.Skip("no browser in short tests")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium was found; install one to test pages in it")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var heard []string
	complaints = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(heard)
	}
	err := chromedp.Listen(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			heard = append(heard, fmt.Sprintf("console: %s", e.Type))
		case *runtime.EventExceptionThrown:
			heard = append(heard, "exception: "+e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			heard = append(heard, "log: "+e.Entry.Text)
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; !strings.HasPrefix(u, "file://") && !strings.HasPrefix(u, "data:") {
				heard = append(heard, "request: "+u)
			}
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err == nil {
		_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	}
	if err != nil {
		t.Skipf("Chromium does not start: %v", err)
	}
	return ctx, complaints
}

// look runs an action and returns what it saw.
func look[T any](ctx context.Context, t *testing.T, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// pageFile writes a page to a file and returns its address.
func pageFile(t *testing.T, p *Page) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(pageOf(t, p)), 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + filepath.ToSlash(path)
}

// The page in a browser, on a desk and on a phone: choosing a formula in the
// table and in the plot shows its panel, nothing is wider than the screen, and
// nothing is asked for or complained about.
func TestPageInBrowser(t *testing.T) {
	ctx, complaints := browser(t)
	url := pageFile(t, smallPage(t))
	shown := `[...document.querySelectorAll('.panel')].filter(p => getComputedStyle(p).display !== 'none').map(p => p.id).join(' ')`
	spot := `[...document.querySelectorAll('.spot[for="f0"]')].find(s => s.getBoundingClientRect().width > 0).click() === undefined`
	for _, width := range []int64{1200, 390} {
		look(ctx, t, chromedp.EmulateViewport(width, 900))
		look(ctx, t, chromedp.Navigate(url))
		before := look(ctx, t, chromedp.Evaluate[string](shown))
		look(ctx, t, chromedp.Click(chromedp.CSS("table.front tr:nth-child(2) td.text label")))
		row := look(ctx, t, chromedp.Evaluate[string](shown))
		look(ctx, t, chromedp.Evaluate[bool](spot))
		plot := look(ctx, t, chromedp.Evaluate[string](shown))
		wide := look(ctx, t, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
		shot := look(ctx, t, chromedp.FullScreenshot(100))
		if before != "p2" || row != "p1" || plot != "p0" {
			t.Errorf("%d pixels: %q is shown at first, %q after a click on a row, %q after one on a point", width, before, row, plot)
		}
		cut := look(ctx, t, chromedp.Evaluate[string](`[...document.querySelectorAll('.scroll table')].map(t => t.parentElement).filter(d => d.scrollWidth > d.clientWidth).map(d => d.getAttribute('aria-label')).join(', ')`))
		if cut != "" {
			t.Errorf("%d pixels: cut off at the right: %s", width, cut)
		}
		if wide > width {
			t.Errorf("the page is %d pixels wide on a screen of %d", wide, width)
		}
		img, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(err)
		}
		if b := img.Bounds(); b.Dy() < 1000 {
			t.Errorf("the screenshot is %v", b)
		}
		if dir := os.Getenv("KANSYM_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("page-%d.png", width)), shot, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range complaints() {
		t.Error(c)
	}
}

// A formula that is too wide for the screen whatever its size scrolls in its box,
// below a thin bar, and its cut end is shaded, which that of a short one is not.
func TestLongFormulaInBrowser(t *testing.T) {
	ctx, _ := browser(t)
	terms := make([]string, 12)
	for k := range terms {
		terms[k] = fmt.Sprintf("sin(%d.2345*a*b)", k+1)
	}
	long := "sqrt(20+" + strings.Join(terms, "+") + ")"
	for _, formula := range []string{long, "a"} {
		p := smallPage(t)
		c := candidate(t, formula, p.Table)
		p.Result.Best, p.Result.Front = c, []*fit.Candidate{c}
		look(ctx, t, chromedp.EmulateViewport(390, 900))
		look(ctx, t, chromedp.Navigate(pageFile(t, p)))
		box := look(ctx, t, chromedp.Evaluate[struct {
			Page, Inner, Outer float64
			Right, Middle      float64
			Bar                string
		}](`(() => {
			const b = document.querySelector('.answer .formula'), r = b.getBoundingClientRect();
			return {Page: document.documentElement.scrollWidth, Inner: b.scrollWidth, Outer: b.clientWidth, Right: r.right, Middle: r.top + 4, Bar: getComputedStyle(b).scrollbarWidth};
		})()`))
		if box.Page > 390 || (box.Inner > box.Outer) != (formula == long) || box.Bar != "thin" {
			t.Errorf("%s: %+v", c.Expression, box)
		}
		img, err := png.Decode(bytes.NewReader(look(ctx, t, chromedp.FullScreenshot(100))))
		if err != nil {
			t.Fatal(err)
		}
		// Above the formula there is nothing but the shade.
		red, _, _, _ := img.At(int(box.Right)-2, int(box.Middle)).RGBA()
		if shaded := red < 0xf800; shaded != (formula == long) {
			t.Errorf("%s: the end of the box is shaded: %v", c.Expression, shaded)
		}
	}
}

// In print the chosen formula and all tables are there.
func TestPagePrints(t *testing.T) {
	ctx, _ := browser(t)
	look(ctx, t, chromedp.Navigate(pageFile(t, smallPage(t))))
	pdf := look(ctx, t, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFPrintBackground()))
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 20_000 {
		t.Errorf("%d bytes of print", len(pdf))
	}
}

// axeVersion is the accessibility checker that the page is held to
// (https://github.com/dequelabs/axe-core).
const axeVersion = "4.14.1"

// The page passes axe-core's rules for WCAG 2.2 AA and its best practices.
func TestPageAccessible(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("no npm was found, which brings the accessibility checker")
	}
	ctx, _ := browser(t)
	dir := t.TempDir()
	install := exec.CommandContext(t.Context(), npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", dir, "axe-core@"+axeVersion)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("axe-core cannot be installed: %v %s", err, out)
	}
	axe, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Page{smallPage(t), func() *Page {
		p := smallPage(t)
		p.Result.Best, p.Result.Front = nil, nil
		return p
	}()} {
		for _, width := range []int64{1200, 390} {
			// The checker is a script, which the page's own policy keeps out.
			if _, err := chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}); err != nil {
				t.Fatal(err)
			}
			look(ctx, t, chromedp.EmulateViewport(width, 900))
			look(ctx, t, chromedp.Navigate(pageFile(t, p)))
			look(ctx, t, chromedp.Evaluate[bool](string(axe)+"; true"))
			found := look(ctx, t, chromedp.Evaluate[struct {
				Passes     int      `json:"passes"`
				Violations []string `json:"violations"`
			}](`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => ({
				passes: r.passes.length,
				violations: r.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes[0].html.slice(0, 200)),
			}))`, chromedp.EvalAwaitPromise))
			if found.Passes < 10 {
				t.Errorf("only %d rules were tried", found.Passes)
			}
			for _, v := range found.Violations {
				t.Errorf("%d pixels: %s", width, v)
			}
		}
	}
}
