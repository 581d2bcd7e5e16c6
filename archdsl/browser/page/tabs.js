// Tabs as the ARIA practices have them: arrows walk, one panel is seen.

import { make } from "../../figure/page/card.js";

/** Fills a tab list; `add(name, label, shown)` gives the panel, `shown` is called whenever it comes into sight. */
export function tabs(bar, panels) {
  const all = [];

  const select = (at) => {
    all.forEach(({ tab, panel }, number) => {
      tab.setAttribute("aria-selected", String(number === at));
      tab.tabIndex = number === at ? 0 : -1;
      panel.hidden = number !== at;
    });
    all[at].shown();
  };

  const add = (name, label, shown = () => {}) => {
    const at = all.length;
    const tab = make("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}` }, label);
    const panel = make("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": tab.id, tabindex: 0 });
    all.push({ tab, panel, shown });
    bar.append(tab);
    panels.append(panel);
    tab.addEventListener("click", () => select(at));
    if (at === 0) select(0);
    else [tab.tabIndex, panel.hidden] = [-1, true];
    return panel;
  };

  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const now = all.findIndex(({ tab }) => tab === document.activeElement);
    const next = (now + step + all.length) % all.length;
    select(next);
    all[next].tab.focus();
  });
  return { add };
}
