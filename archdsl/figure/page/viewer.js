// A figure in a box, with its facts: what pointer and keyboard do to it.

import { camera } from "./camera.js";
import { cardsOf } from "./card.js";
import { partsOf, shownBy } from "./parts.js";
import { searchOf } from "./search.js";

const STEP = 1.25;
const PUSH = 60; // pixels

/**
 * Brings an SVG element to life. `told(cards, places)` is called with elements that tell of what was chosen
 * and with the places of it in the table: [line, first column, column behind].
 */
export function viewer(svg, facts, told) {
  const eye = camera(svg);
  const parts = partsOf(svg, (part) => choose([part]));
  const find = searchOf(parts.list, facts);
  let found = [];
  let at = -1;

  const choose = (some) => {
    parts.frame("chosen", some);
    const names = [...new Set(some.flatMap(shownBy))];
    told(cardsOf(names, facts), names.map((name) => placeOf(name, facts)).filter(Boolean));
    if (some.length) eye.show(some[0].getBoundingClientRect());
  };

  /** Frames what is found, and gives how many there are. */
  const search = (text) => {
    found = find(text);
    at = -1;
    svg.classList.toggle("searched", text.trim() !== "");
    for (const part of parts.list) part.classList.toggle("found", found.includes(part));
    parts.frame("hit", found);
    return found.length;
  };

  /** Chooses the next of those found, and says which one it is. */
  const next = (step) => {
    if (!found.length) return "";
    at = at < 0 && step < 0 ? found.length - 1 : (at + step + found.length) % found.length;
    choose([found[at]]);
    return `${at + 1} of ${found.length}`;
  };

  svg.addEventListener("click", (event) => event.target.closest(".part") ?? choose([]));
  const chooseRow = (row) => choose(partsOfRow(parts.list, row, facts));

  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = keys[event.shiftKey ? `Shift+${event.key}` : event.key] ?? keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  const walk = (step) => {
    const part = parts.walk(step);
    if (part) eye.show(part.getBoundingClientRect());
  };
  const keys = {
    ArrowDown: () => walk(1),
    ArrowRight: () => walk(1),
    ArrowUp: () => walk(-1),
    ArrowLeft: () => walk(-1),
    "Shift+ArrowDown": () => eye.move(0, -PUSH),
    "Shift+ArrowUp": () => eye.move(0, PUSH),
    "Shift+ArrowRight": () => eye.move(-PUSH, 0),
    "Shift+ArrowLeft": () => eye.move(PUSH, 0),
    Home: () => walk(-Infinity),
    End: () => walk(Infinity),
    Enter: () => choose(parts.list.filter((part) => part === parts.focused())),
    " ": () => choose(parts.list.filter((part) => part === parts.focused())),
    Escape: () => choose([]),
    "+": () => eye.zoom(STEP),
    "=": () => eye.zoom(STEP),
    "-": () => eye.zoom(1 / STEP),
    0: () => eye.fit(),
  };
  const [closer, farther] = [() => eye.zoom(STEP), () => eye.zoom(1 / STEP)];
  return { search, next, chooseRow, closer, farther, fit: eye.fit };
}

function placeOf(name, facts) {
  const [kind, key] = name.split("-");
  if (kind === "row") return facts.rows[Number(key)] && [facts.rows[Number(key)].line, 0, 0];
  const layer = facts.layers[key];
  if (layer?.place.length) return layer.place;
  const row = layer && facts.rows[layer.row];
  return row && [row.line, 0, 0];
}

/** Gives the card of a row, or, where it has none, the layers of it. */
function partsOfRow(list, row, facts) {
  const card = list.filter((part) => shownBy(part).includes(`row-${row}`));
  if (card.length) return card;
  const ofRow = (name) => name.startsWith("node") && facts.layers[name.split("-")[1]]?.row === row;
  return list.filter((part) => shownBy(part).some(ofRow));
}
