// CodeMirror for the table: diagnostics in place, mends on their buttons.

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";

import { highlighting } from "./language.js";
import { look } from "./look.js";
import { offset } from "./places.js";

/** Fills a box; gives what the page asks of an editor (see app.js), and `open(document)`. */
export function editorIn(box) {
  let name = "network.arch";
  let input = "";
  let changed = () => {};
  const listener = EditorView.updateListener.of((update) => update.docChanged && changed());
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    lintGutter(),
    highlighting,
    look,
    listener,
    EditorView.contentAttributes.of({ "aria-label": "Table", spellcheck: "false", autocapitalize: "off" }),
    keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
  ];
  // A shadow root takes style sheets that no content security policy has to allow.
  const root = box.attachShadow({ mode: "open" });
  const view = new EditorView({ parent: root, root, state: EditorState.create({ extensions }) });

  const open = (document) => {
    name = document.name;
    const text = document.text.replace(/^\uFEFF/, "");
    view.setState(EditorState.create({ doc: text, extensions }));
    changed();
  };

  const fix = (edits) => {
    const changes = edits.map(({ range, text }) => ({ from: at(range.start), to: at(range.end), insert: text }));
    view.dispatch({ changes, userEvent: "input.fix" });
    view.focus();
  };

  const at = ({ line, column }) => offset(view.state.doc, line, column);

  const show = (diagnostics) => {
    const marks = diagnostics.map((one) => ({
      from: at(one.range.start),
      to: Math.max(at(one.range.start), at(one.range.end)),
      severity: one.severity,
      source: one.code,
      message: one.message,
      actions: one.fixes.map((mend) => ({ name: `Fix: ${mend.title}`, apply: () => fix(mend.edits) })),
    }));
    view.dispatch(setDiagnostics(view.state, marks));
  };

  const reveal = (line, start, end) => {
    const from = at({ line, column: Math.max(1, start) });
    const to = end > start ? at({ line, column: end }) : view.state.doc.line(line).to;
    view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "nearest" }) });
  };

  return {
    document: () => ({ name, input, text: view.state.doc.toString() }),
    onChange: (call) => (changed = call),
    readAs: (shape) => {
      input = shape;
      changed();
    },
    show,
    reveal,
    fix,
    open,
  };
}
