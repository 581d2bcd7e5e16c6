// Words -> the parts of a drawing that tell of them.

import { shownBy } from "./parts.js";

/** Gives a function that finds the parts in which all words of a text stand. */
export function searchOf(parts, facts) {
  const texts = parts.map((part) => textOf(part, facts).toLowerCase());
  return (text) => {
    const words = text.toLowerCase().replaceAll("x", "×").split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return parts.filter((_, at) => words.every((word) => texts[at].replaceAll("x", "×").includes(word)));
  };
}

function textOf(part, facts) {
  const told = shownBy(part).map((name) => {
    const [kind, key] = name.split("-");
    return kind === "row" ? rowText(facts.rows[Number(key)]) : layerText(facts.layers[key]);
  });
  return [part.getAttribute("aria-label"), part.textContent, ...told].join(" ");
}

function rowText(row) {
  return row ? `${row.name} ${row.text} ${row.computed} line ${row.line}` : "";
}

function layerText(layer) {
  return layer ? `${layer.names.join(" ")} ${layer.op} ${layer.settings.flat().join(" ")} ${layer.output}` : "";
}
