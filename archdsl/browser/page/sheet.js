// The text of a file that is edited elsewhere: read-only, with what is wrong with it underlined.

import { make } from "../../figure/page/card.js";

/** Fills a box; gives what the page asks of an editor, and `fill(document)` for a new state of the file. */
export function sheet(box) {
  let given = { name: "network.arch", text: "" };
  let lines = [];
  let changed = () => {};
  const list = make("ol", { class: "sheet", "aria-label": "The file", tabindex: 0 });
  box.replaceChildren(list);

  const fill = (document) => {
    given = document;
    lines = document.text.split(/\r\n|\n/);
    list.replaceChildren(...lines.map((text) => make("li", {}, make("code", {}, text || " "))));
    changed();
  };

  const at = (number) => list.children[number - 1];

  const show = (diagnostics) => {
    lines.forEach((text, number) => at(number + 1).firstChild.replaceChildren(text || " "));
    for (const one of [...diagnostics].reverse()) underline(one);
  };

  const underline = ({ range, severity, code, message }) => {
    const { line, column } = range.start;
    if (!at(line)) return;
    const end = range.end.line === line ? range.end.column : Infinity;
    const word = make("u", { class: severity, title: `${code}: ${message}` });
    at(line).firstChild.replaceChildren(...around(lines[line - 1], column, end, word));
  };

  const reveal = (line, start, end) => {
    for (const old of list.querySelectorAll(".marked")) old.classList.remove("marked");
    if (!at(line)) return;
    at(line).classList.add("marked");
    if (end > start) at(line).firstChild.replaceChildren(...around(lines[line - 1], start, end, make("mark", {})));
    at(line).scrollIntoView({ block: "nearest" });
  };

  return { document: () => given, onChange: (call) => (changed = call), show, reveal, fill };
}

/** Gives a text with the columns from `start` to before `end` inside an element. */
function around(text, start, end, element) {
  const letters = [...text]; // columns count code points
  element.append(letters.slice(start - 1, end - 1).join("") || " ");
  return [letters.slice(0, start - 1).join(""), element, letters.slice(end - 1).join("")];
}
