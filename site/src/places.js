// Lines and columns as Python counts them (code points, from 1) -> offsets as CodeMirror counts them (UTF-16).

/** Gives the offset of a place in a document, brought into it. */
export function offset(doc, line, column) {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  if (line > doc.lines) return doc.length;
  let at = found.from;
  let left = column - 1;
  for (const letter of found.text) {
    if (left-- <= 0) break;
    at += letter.length;
  }
  return Math.min(at, found.to);
}
