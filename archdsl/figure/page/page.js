// The page of one figure: toolbar, figure, facts, lines.

import { linesOf } from "./lines.js";
import { viewer } from "./viewer.js";

function start() {
  const byId = (id) => document.getElementById(id);
  const facts = JSON.parse(byId("facts").textContent);
  const lines = linesOf(byId("lines"), facts, (row) => figure.chooseRow(row));
  const hint = [...byId("told").childNodes];
  const told = (cards, places) => {
    byId("told").replaceChildren(...(cards.length ? cards : hint));
    lines.mark(...(places[0] ?? [0]));
  };
  const figure = viewer(document.querySelector("#figure svg"), facts, told);

  const say = (text) => byId("hits").replaceChildren(text);
  const search = byId("search");
  search.addEventListener("input", () => {
    const hits = figure.search(search.value);
    say(search.value.trim() ? `${hits} found` : "");
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      search.dispatchEvent(new Event("input"));
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    say(figure.next(event.shiftKey ? -1 : 1));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === search) return;
    event.preventDefault();
    search.focus();
  });
  for (const name of ["closer", "farther", "fit"]) byId(name).addEventListener("click", () => figure[name]());
}

start();
