// Python in a worker: messages out, answers in.

/**
 * Starts the worker, and gives `ask(message)`. `told(text)` hears what it is loading.
 *
 * The worker begins in a blob, because only then does the page's content security policy hold in it, too.
 */
export function python(told) {
  const script = new URL("worker.js", document.baseURI).href;
  const first = new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(first), { type: "module" });
  const waiting = new Map();
  let last = 0;

  worker.addEventListener("message", ({ data }) => {
    if (data.told !== undefined) return told(data.told);
    waiting.get(data.id)(JSON.parse(data.answer));
    waiting.delete(data.id);
  });
  worker.addEventListener("error", (event) => told(`Python could not be started: ${event.message ?? "unknown error"}`));
  worker.postMessage({ base: document.baseURI });

  const ask = (message) =>
    new Promise((done) => {
      waiting.set(++last, done);
      worker.postMessage({ id: last, message: JSON.stringify(message) });
    });
  return { ask };
}
