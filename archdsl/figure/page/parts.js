// The parts of a drawing that can be asked: cards, layers, joins. One of them has the focus, one is chosen.

const SVG = "http://www.w3.org/2000/svg";

/** Gives the names of what a part shows: `row-3`, `node-12`. */
export function shownBy(part) {
  return [...part.classList].filter((name) => /^(row|node)-\d+$/.test(name));
}

/** Names the parts for readers of screens, and lets the keyboard walk over them. */
export function partsOf(svg, chosen) {
  const list = [...svg.querySelectorAll(".part")];
  const graph = svg.querySelector(".graph") ?? svg;
  let current = 0;
  for (const [number, part] of list.entries()) {
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", labelOf(part));
    part.setAttribute("aria-pressed", "false");
    part.setAttribute("tabindex", number === 0 ? "0" : "-1");
    part.addEventListener("click", () => chosen(part));
    part.addEventListener("focus", () => (current = number));
  }
  svg.setAttribute("role", "group");

  const walk = (step) => {
    if (!list.length) return null;
    list[current].setAttribute("tabindex", "-1");
    current = Math.min(list.length - 1, Math.max(0, current + step));
    list[current].setAttribute("tabindex", "0");
    list[current].focus({ preventScroll: true });
    return list[current];
  };

  /** Draws a frame around each of some parts; frames of the same kind that were there go. */
  const frame = (kind, some) => {
    for (const old of graph.querySelectorAll(`.frame.${kind}`)) old.remove();
    for (const part of some) graph.append(frameAround(part, kind));
    if (kind === "chosen")
      for (const part of list) part.setAttribute("aria-pressed", String(some.includes(part)));
  };

  return { list, walk, frame, focused: () => list.find((part) => part === document.activeElement) };
}

function labelOf(part) {
  const title = part.querySelector(":scope > title")?.textContent ?? "";
  const text = [...part.querySelectorAll("text")].map((one) => one.textContent.trim()).join(" ");
  return title || text || "part of the network";
}

function frameAround(part, kind) {
  const box = part.getBBox();
  const rect = document.createElementNS(SVG, "rect");
  const given = { x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6, rx: 8 };
  for (const [name, value] of Object.entries(given)) rect.setAttribute(name, String(value));
  rect.setAttribute("class", `frame ${kind}`);
  return rect;
}
