// The page: a document, what is wrong with it, its figure, its counts and its other forms.
//
// `backend.ask(message)` gives a promise of an answer (see archdsl/browser/answers.py). `editor` shows the text:
// text(), show(diagnostics), reveal(line, start, end), and calls what onChange() is given.

import { countsTable } from "./counts.js";
import { figurePane } from "./figurepane.js";
import { problemsList } from "./problems.js";
import { sourceViews } from "./sourceviews.js";
import { tabs } from "./tabs.js";

const WAIT = 120; // milliseconds without a keystroke

/** Starts the page. */
export async function start(backend, editor) {
  const byId = (id) => document.getElementById(id);
  let turn = 0;
  let network = 0;

  const message = (what) => ({ ...what, document: editor.document(), network });
  const ask = async (what) => {
    const answer = await backend.ask(message(what));
    if (answer.fault) say(`A bug in archdsl, please report it: ${answer.fault}`, true);
    return answer;
  };
  const say = (text, wrong = false) => {
    byId("state").replaceChildren(text);
    byId("state").classList.toggle("wrong", wrong);
  };

  const bar = tabs(byId("tabs"), byId("panels"));
  const counts = bar.add("counts", "Counts");
  const views = sourceViews(bar, ask, editor.document);
  const figure = figurePane(byId, ask, (places) => places[0] && editor.reveal(...places[0]));
  const problems = problemsList(byId("problems"), editor, (code) => backend.ask({ do: "explain", code }));

  /** Does all of it again, unless the text changed meanwhile. */
  const update = async () => {
    const mine = ++turn;
    const answer = await ask({ do: "check" });
    if (mine !== turn || answer.fault) return;
    if (answer.refused) return say(answer.refused, true);
    const { diagnostics, networks } = answer.document;
    editor.show(diagnostics);
    problems.show(diagnostics);
    choices(networks);
    say(sentence(diagnostics, networks), answer.failed);
    counts.replaceChildren(countsTable(networks[network], answer.totals[network], editor.reveal));
    views.stale();
    await figure.draw(() => mine === turn);
  };

  const choices = (networks) => {
    network = Math.max(0, Math.min(network, networks.length - 1));
    const options = networks.map((one, at) => new Option(one.name, String(at), false, at === network));
    byId("network").replaceChildren(...options);
    byId("which").hidden = networks.length < 2;
  };
  byId("network").addEventListener("change", () => {
    network = Number(byId("network").value);
    update();
  });

  let timer = 0;
  editor.onChange(() => {
    clearTimeout(timer);
    timer = setTimeout(update, WAIT);
  });
  await views.list();
  await update();
}

function sentence(diagnostics, networks) {
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const problems = [errors && counted(errors, "error"), warnings && counted(warnings, "warning")].filter(Boolean);
  if (errors) return problems.join(", ");
  return [counted(networks.length, "network"), ...(problems.length ? problems : ["no problems"])].join(", ");
}
