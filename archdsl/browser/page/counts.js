// A checked network -> the table of its rows with what was computed.

import { count, make } from "../../figure/page/card.js";

const HEAD = ["Row", "Declared", "Computed", "Blocks", "Parameters", "Multiply-adds"];

/** Gives the table; `reveal(line)` shows a row's line in the editor. */
export function countsTable(network, totals, reveal) {
  if (!network) return make("p", { class: "hint" }, "The counts appear here when the table has no errors.");
  const head = make("tr", {}, ...HEAD.map((text) => make("th", { scope: "col" }, text)));
  const rows = network.stages.map((stage) => row(stage, reveal));
  const caption = make("caption", {}, `${network.name}: input ${size(network.input)}, style ${network.style}`);
  const table = make("table", {}, caption, make("thead", {}, head), make("tbody", {}, ...rows));
  return make("div", {}, make("p", { class: "totals" }, totals.replaceAll("   ", " · ")), table);
}

function row(stage, reveal) {
  const name = make("button", { type: "button", class: "link" }, stage.name || `line ${stage.line}`);
  name.addEventListener("click", () => reveal(stage.line, 0, 0));
  const declared = stage.declared ? `${size(stage.declared)} ✓` : "–";
  const cells = [declared, size(stage.computed), stage.blocks ? `×${stage.blocks}` : "–"];
  const numbers = [count(stage.params), count(stage.macs)].map((text) => make("td", { class: "number" }, text));
  return make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((text) => make("td", {}, text)), ...numbers);
}

function size(shape) {
  return shape.join("×");
}
