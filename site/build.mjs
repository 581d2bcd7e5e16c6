// Bundles the page and lays everything that it needs beside it, in dist/: `node build.mjs WHEEL`.

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";

import { build } from "esbuild";

const PAGE = "../archdsl/browser/page";
const PYODIDE = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
const EXAMPLES = [
  ["table2.arch", "../specs/table2.arch", "A course's ResNet (Table 2)"],
  ["misprint.arch", "../examples/misprint.arch", "A table with a misprint"],
  ["resnet.arch", "../specs/papers/resnet.arch", "ResNet, five depths"],
  ["resnet.tex", "../specs/papers/forms/resnet.tex", "ResNet as LaTeX"],
  ["mobilenet-v2.arch", "../specs/papers/mobilenet-v2.arch", "MobileNetV2"],
  ["efficientnet.arch", "../specs/papers/efficientnet.arch", "EfficientNet"],
  ["u-net-padded.arch", "../specs/papers/u-net-padded.arch", "U-Net"],
  ["googlenet.arch", "../specs/papers/googlenet.arch", "GoogLeNet"],
  ["vgg.arch", "../specs/papers/vgg.arch", "VGG"],
];

const [wheel] = process.argv.slice(2);
await mkdir("dist/pyodide", { recursive: true });
await mkdir("dist/examples", { recursive: true });
await build({
  entryPoints: ["src/entry.js", "src/worker.js"],
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
});
for (const name of ["index.html", "app.css"]) await cp(`${PAGE}/${name}`, `dist/${name}`);
for (const name of PYODIDE) await cp(`node_modules/pyodide/${name}`, `dist/pyodide/${name}`);
await cp(wheel, "dist/archdsl.whl");
for (const [name, path] of EXAMPLES) await writeFile(`dist/examples/${name}`, await readFile(path));
const listed = EXAMPLES.map(([name, , title]) => ({ name, title }));
await writeFile("dist/examples.json", JSON.stringify(listed));
