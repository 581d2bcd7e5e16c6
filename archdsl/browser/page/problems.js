// Diagnostics -> a list with their evidence, and a button for each mend.

import { make } from "../../figure/page/card.js";

/** Fills a box; `editor.fix` mends (where it can be written to), `explain(code)` gives the page of a problem. */
export function problemsList(box, editor, explain) {
  const show = (diagnostics) => {
    const items = diagnostics.map((one) => item(one, editor, explain));
    box.replaceChildren(items.length ? make("ol", {}, ...items) : make("p", { class: "hint" }, "None."));
  };
  return { show };
}

function item(diagnostic, editor, explain) {
  const { code, severity, message, range, notes, help, fixes } = diagnostic;
  const { line, column } = range.start;
  const place = make("button", { type: "button", class: "link" }, `line ${line}`);
  place.addEventListener("click", () => editor.reveal(line, column, range.end.line === line ? range.end.column : column));
  const head = make("p", {}, make("strong", { class: severity }, `${severity} ${code}`), ": ", message, " (", place, ")");
  const told = notes.map((note) => make("p", { class: "note" }, `${note.kind}: ${note.text}`));
  const labels = diagnostic.labels.filter((label) => !label.primary && label.text);
  const evidence = labels.map((label) => make("p", { class: "note" }, `line ${label.range.start.line}: ${label.text}`));
  const mended = fixes.some((fix) => fix.title === help);
  const helps = help && !mended ? [make("p", { class: "help" }, `help: ${help}`)] : [];
  return make("li", {}, head, ...evidence, ...told, ...helps, ...fixes.map((fix) => mend(fix, editor)), more(code, explain));
}

function mend(fix, editor) {
  if (!editor.fix) return make("p", { class: "help" }, `help: ${fix.title}`);
  const button = make("button", { type: "button", class: "fix" }, `Fix: ${fix.title}`);
  button.addEventListener("click", () => editor.fix(fix.edits));
  return button;
}

function more(code, explain) {
  const text = make("pre", {});
  const details = make("details", {}, make("summary", {}, `What ${code} means`), text);
  details.addEventListener("toggle", async () => {
    if (details.open && !text.textContent) text.replaceChildren((await explain(code)).text ?? "");
  });
  return details;
}
