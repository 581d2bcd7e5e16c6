// The page of `archdsl serve`: Python answers from the process that serves it, the file is edited elsewhere.

import { start } from "./app.js";
import { sheet } from "./sheet.js";

const own = sheet(document.getElementById("editor"));
let version = "";

/** Fetches from the server; a page of another run of it has another address, so a fault ends this one. */
async function call(path, body) {
  const options = body ? { method: "POST", body, headers: { "Content-Type": "application/json" } } : {};
  const response = await fetch(`../../${path}`, options);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

const backend = { ask: (message) => call("ask", JSON.stringify(message)) };

async function look() {
  const document_ = await call(`document?known=${encodeURIComponent(version)}`);
  if (document_.version !== version) {
    version = document_.version;
    own.fill(document_);
  }
}

async function follow() {
  for (;;) {
    try {
      await look();
    } catch (error) {
      document.getElementById("state").replaceChildren(`archdsl serve has ended (${error.message})`);
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

await look();
document.title = `${own.document().name} – archdsl`;
document.getElementById("own").replaceChildren(own.document().name);
await start(backend, own);
follow();
