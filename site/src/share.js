// A document in the fragment of the address: compressed, and never sent to any server.

const LARGEST = 2_000_000; // characters of a document in a link
const KEY = "#s=";

/** Gives the address of the page with a document in it. */
export async function linkTo(document_, page = location) {
  const text = JSON.stringify([document_.name, document_.text, document_.input]);
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return `${page.origin}${page.pathname}${KEY}${encoded(bytes)}`;
}

/** Gives the document that a fragment carries; null where it carries none, or none that can be read. */
export async function documentIn(fragment) {
  if (!fragment.startsWith(KEY)) return null;
  try {
    const bytes = decoded(fragment.slice(KEY.length));
    const [name, text, input] = JSON.parse(await unpacked(bytes));
    return typeof name === "string" && typeof text === "string" ? { name, text, input: String(input ?? "") } : null;
  } catch {
    return null;
  }
}

async function unpacked(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > LARGEST) throw new Error("too large");
  }
}

function encoded(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function decoded(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
