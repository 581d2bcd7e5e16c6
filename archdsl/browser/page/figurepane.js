// The figure beside the text: drawn anew when the text changes, with its tools and its facts.

import { viewer } from "../../figure/page/viewer.js";
import { download, pictureOf, stem } from "./files.js";

/** Fills the pane; `told(places)` is called with the places in the table of what was chosen. */
export function figurePane(byId, ask, told) {
  let figure = null;
  const theme = () => byId("theme").value;
  const options = () => ({ level: byId("level").value, theme: theme() });

  const facts = (cards, places) => {
    byId("told").hidden = !cards.length;
    byId("told").replaceChildren(...cards);
    told(places);
  };

  /** Draws, and shows the figure if `wanted()` still holds then. */
  const draw = async (wanted = () => true) => {
    const answer = await ask({ do: "draw", ...options() });
    if (!wanted() || answer.fault) return;
    facts([], []);
    byId("figure").classList.toggle("broken", Boolean(answer.broken));
    if (answer.refused) {
      figure = null;
      return byId("figure").replaceChildren(answer.refused);
    }
    const svg = new DOMParser().parseFromString(answer.svg, "image/svg+xml").documentElement;
    byId("figure").replaceChildren(document.importNode(svg, true));
    figure = viewer(byId("figure").firstElementChild, answer.facts, facts);
    if (byId("search").value) seek();
  };

  const seek = () => {
    const hits = figure?.search(byId("search").value) ?? 0;
    byId("hits").replaceChildren(byId("search").value.trim() ? `${hits} found` : "");
  };
  byId("search").addEventListener("input", seek);
  byId("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    byId("hits").replaceChildren(figure?.next(event.shiftKey ? -1 : 1) ?? "");
  });
  for (const name of ["closer", "farther", "fit"]) byId(name).addEventListener("click", () => figure?.[name]());
  byId("level").addEventListener("change", () => draw());
  byId("theme").addEventListener("change", () => {
    document.documentElement.dataset.theme = theme();
    draw();
  });

  const save = async (ending, changed = (text) => text) => {
    const kind = ending === "png" ? "svg" : ending;
    const asked = { do: "save", kind, level: byId("level").value, theme: kind === "html" ? "auto" : shown() };
    const answer = await ask(asked);
    if (answer.text) download(`${stem(answer.name ?? "network")}.${ending}`, await changed(answer.text), TYPES[ending]);
    else if (answer.refused) byId("state").replaceChildren(answer.refused);
  };
  byId("save-svg").addEventListener("click", () => save("svg"));
  byId("save-png").addEventListener("click", () => save("png", pictureOf));
  byId("save-html").addEventListener("click", () => save("html"));
  const shown = () => {
    const dark = theme() === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme() === "dark";
    return dark ? "dark" : "light";
  };
  return { draw };
}

const TYPES = { svg: "image/svg+xml", html: "text/html", png: "image/png" };
