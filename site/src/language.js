// The colours of a table's words. Documents of other forms get them, too: what is a number there is one here.

import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const WORDS = [
  [/^#.*/, "comment"],
  [/^\d+(\.\d+)?([x×^]\d+)*/, "number"],
  [/^[[\](){};,]/, "bracket"],
  [/^\/\d+/, "operator"],
  [/^[A-Za-z_][\w-]*/, "word"],
];

const arch = StreamLanguage.define({
  name: "arch",
  token(stream) {
    const first = stream.sol();
    if (stream.eatSpace()) return null;
    for (const [pattern, kind] of WORDS) {
      if (!stream.match(pattern)) continue;
      if (kind !== "word") return kind;
      return first ? "keyword" : "variableName";
    }
    stream.next();
    return null;
  },
});

const style = HighlightStyle.define([
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: tags.number, color: "var(--accent)" },
  { tag: tags.operator, color: "var(--note)" },
  { tag: tags.bracket, color: "var(--muted)" },
  { tag: tags.keyword, fontWeight: "600" },
]);

export const highlighting = [arch, syntaxHighlighting(style)];
