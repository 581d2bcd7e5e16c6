// The worker: Pyodide with the wheel of archdsl, and Graphviz to lay figures out.

import { instance } from "@viz-js/viz";

const START = `
from archdsl.browser.answers import answer_json
from archdsl.browser.engine import by_javascript
from js import layOut
by_javascript(layOut)
answer_json
`;

let viz = null;
let broken = false;

self.layOut = (dot) => {
  try {
    return viz.renderString(dot, { format: "svg", engine: "dot" });
  } catch (error) {
    broken = true; // an assertion leaves the instance unusable
    throw error;
  }
};

async function started(base) {
  const told = (text) => self.postMessage({ told: text });
  told("Loading Python …");
  const at = (path) => new URL(path, base).href;
  const { loadPyodide } = await import(at("pyodide/pyodide.mjs"));
  const wheel = fetch(at("archdsl.whl")).then((response) => response.arrayBuffer());
  const [python, drawn] = await Promise.all([loadPyodide({ indexURL: at("pyodide/") }), instance()]);
  viz = drawn;
  python.unpackArchive(await wheel, "wheel");
  told("Loading archdsl …");
  return python.runPython(START);
}

async function answered(answerJson, message) {
  const answer = answerJson(message);
  if (broken) [viz, broken] = [await instance(), false];
  return answer;
}

let ready = null;
let queue = Promise.resolve();
self.addEventListener("message", ({ data }) => {
  if (data.base) {
    ready = started(data.base);
    ready.catch((error) => self.postMessage({ told: `Python could not be started: ${error.message}` }));
    return;
  }
  queue = queue.then(async () => {
    const answer = await answered(await ready, data.message);
    self.postMessage({ id: data.id, answer });
  });
});
