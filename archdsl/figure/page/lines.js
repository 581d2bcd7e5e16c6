// The lines of the table, beside the figure: the one of what is chosen is marked, and each leads to its row.

import { make } from "./card.js";

/** Shows the lines in a list; `chosen(row)` is called with the index of a row whose line is pressed. */
export function linesOf(box, facts, chosen) {
  const rows = new Map(facts.rows.map((row, index) => [row.line, index]));
  const { first, lines } = facts.source;
  const items = lines.map((text, at) => item(first + at, text, rows.get(first + at), chosen));
  box.replaceChildren(...items);

  /** Marks a line, and in it the columns from `start` to before `end`; without a line, nothing. */
  const mark = (line, start = 0, end = 0) => {
    items.forEach((element, at) => {
      const here = first + at === line;
      element.classList.toggle("marked", here);
      words(element.querySelector("code"), lines[at], here ? start : 0, here ? end : 0);
      // The list alone is scrolled: the facts above it stay in sight.
      if (here) box.scrollTop = element.offsetTop - box.clientHeight / 2;
    });
  };
  return { mark };
}

function item(number, text, row, chosen) {
  const code = make("code", {}, text || " ");
  if (row === undefined) return make("li", { value: number }, code);
  const button = make("button", { type: "button", "aria-label": `line ${number}: ${text}` }, code);
  button.addEventListener("click", () => chosen(row));
  return make("li", { value: number }, button);
}

function words(code, text, start, end) {
  const letters = [...text]; // columns count code points
  const piece = (from, to = Infinity) => letters.slice(from - 1, to - 1).join("");
  const parts = [piece(1, start), make("mark", {}, piece(start, end)), piece(end)];
  code.replaceChildren(...(end > start ? parts : [text || " "]));
}
