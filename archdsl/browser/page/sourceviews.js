// Tabs with the network as source code and its table in other forms, written when they are looked at.

import { make } from "../../figure/page/card.js";
import { download, stem } from "./files.js";

/** Adds a tab for each form that the package has. */
export function sourceViews(bar, ask, documentOf) {
  const fresh = new Set();
  const open = new Map();

  const list = async () => {
    for (const view of (await ask({ do: "views" })).views) {
      const panel = bar.add(view.name, view.label, () => show(view.name));
      open.set(view.name, { view, ...filled(panel, view) });
    }
  };

  const filled = (panel, view) => {
    const text = make("code", {});
    const copy = make("button", { type: "button" }, "Copy");
    const save = make("button", { type: "button", id: `save-${view.name}` }, `Download .${view.ending}`);
    copy.addEventListener("click", () => navigator.clipboard.writeText(text.textContent));
    save.addEventListener("click", () => download(`${stem(documentOf().name)}.${view.ending}`, text.textContent, "text/plain"));
    const tools = make("div", { class: "tools" }, copy, save);
    panel.append(tools, make("pre", { tabindex: 0, "aria-label": view.label }, text));
    return { panel, tools, text };
  };

  const show = async (name) => {
    const { panel, tools, text } = open.get(name);
    if (fresh.has(name)) return;
    fresh.add(name);
    const answer = await ask({ do: "view", view: name });
    text.replaceChildren(answer.text ?? answer.refused ?? "");
    tools.hidden = !answer.text;
    panel.classList.toggle("refused", !answer.text);
  };

  /** Says that the text changed: what is seen is written again. */
  const stale = () => {
    fresh.clear();
    for (const [name, { panel }] of open) if (!panel.hidden) show(name);
  };
  return { list, stale };
}
