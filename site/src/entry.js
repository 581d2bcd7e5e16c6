// The page without a server: CodeMirror, Python in a worker, examples, files, links.

import { make } from "../../archdsl/figure/page/card.js";
import { start } from "../../archdsl/browser/page/app.js";
import { python } from "./backend.js";
import { takesFiles } from "./drop.js";
import { editorIn } from "./editor.js";
import { documentIn, linkTo } from "./share.js";

const say = (text) => document.getElementById("state").replaceChildren(text);
const editor = editorIn(document.getElementById("editor"));

const examples = await (await fetch("examples.json")).json();
const example = make("select", { id: "example", "aria-label": "Examples" }, make("option", { value: "" }, "Examples"));
example.append(...examples.map(({ name, title }) => make("option", { value: name }, title)));
const file = make("input", { id: "file", type: "file", class: "unseen", tabindex: -1, "aria-hidden": "true" });
const open = make("button", { type: "button", id: "open" }, "Open …");
const share = make("button", { type: "button", id: "share" }, "Share");
const input = make("input", { id: "input", size: 11, placeholder: "as in the table" });
document.getElementById("own").append(example, open, file, share, make("label", {}, "Input ", input));

async function openExample(name) {
  const response = await fetch(`examples/${name}`);
  openDocument({ name, text: await response.text(), input: "" });
}

function openDocument(found) {
  input.value = found.input ?? "";
  editor.readAs(input.value);
  editor.open(found);
  document.title = `${found.name} – archdsl`;
}

async function openLink() {
  const found = await documentIn(location.hash);
  if (found) openDocument(found);
  else if (location.hash.length > 1) say("This link has no readable table.");
  return found !== null;
}

example.addEventListener("change", () => example.value && openExample(example.value));
open.addEventListener("click", () => file.click());
input.addEventListener("change", () => editor.readAs(input.value));
share.addEventListener("click", async () => {
  const link = await linkTo(editor.document());
  history.replaceState(null, "", link);
  const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
  say(copied ? "Link copied; it contains the whole table." : "The address of this page now contains the whole table.");
});
addEventListener("hashchange", openLink);
takesFiles(document.body, file, openDocument, say);

if (!(await openLink())) await openExample(examples[0].name);
await start(python(say), editor);
