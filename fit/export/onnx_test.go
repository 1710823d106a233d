package export_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kansym/kansym/fit/export"
)

const onnxDriver = `
const fs = require("fs");
const ort = require(process.argv[2]);
if (ort.env.wasm) ort.env.wasm.numThreads = 1;
(async () => {
  const rows = new Map();
  for (const line of fs.readFileSync("rows.txt", "utf8").trim().split("\n")) {
    const [k, ...row] = line.split(" ");
    if (!rows.has(k)) rows.set(k, []);
    rows.get(k).push(row.map(Number));
  }
  const out = [];
  for (const [k, table] of rows) {
    const session = await ort.InferenceSession.create(new Uint8Array(fs.readFileSync("case" + k + ".onnx")),
      { executionProviders: [process.argv[3]], logSeverityLevel: 3, intraOpNumThreads: 1 });
    const data = Float64Array.from(table.flat());
    const input = new ort.Tensor("float64", data, [table.length, table[0].length]);
    const result = await session.run({ inputs: input });
    const y = result[session.outputNames[0]];
    if (session.outputNames[0] !== "case" || y.type !== "float64" || y.dims.join() !== table.length + ",1")
      throw new Error("case " + k + ": " + session.outputNames + " " + y.type + " " + y.dims);
    for (const v of y.data) out.push(k + " " + v);
  }
  console.log(out.join("\n"));
})().catch(e => { console.error(e); process.exit(1); });
`

// runtimes are the packages of the npm registry that run ONNX models, with what
// they call the processor.
var runtimes = []struct{ name, provider string }{{"onnxruntime-web", "wasm"}, {"onnxruntime-node", "cpu"}}

func TestONNX(t *testing.T) {
	node := need(t, "node", "--version")
	for _, r := range runtimes {
		t.Run(r.name, func(t *testing.T) {
			// Packages are found by NODE_PATH.
			if out, err := exec.Command(node, "-e", "require('"+r.name+"')").CombinedOutput(); err != nil {
				t.Skipf("%s is not installed, or NODE_PATH does not lead to it: what is exported for it is not run\n%s", r.name, firstLines(out))
			}
			bothKinds(t, 60, func(t *testing.T, cases []*testCase) [][]float64 {
				dir := t.TempDir()
				for k, c := range cases {
					save(t, filepath.Join(dir, fmt.Sprintf("case%d.onnx", k)), written(t, c, export.ONNX, k))
				}
				save(t, filepath.Join(dir, "rows.txt"), rowsFile(cases))
				save(t, filepath.Join(dir, "driver.js"), onnxDriver)
				return readValues(t, output(t, dir, node, "driver.js", r.name, r.provider), len(cases))
			})
		})
	}
}
