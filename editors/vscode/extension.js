// Starts `archdsl lsp` and shows the figure of a table beside it; everything else is done by the server.
"use strict";
const { ColorThemeKind, commands, window, workspace, ViewColumn } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const PREVIEW = "archdsl/preview";
const PAGE = (body) => `<!DOCTYPE html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<style>body { padding: 1rem } svg { max-width: 100%; height: auto }</style></head><body>${body}</body></html>`;

let client;
let panel;
let shown; // the document whose figure is shown

async function start() {
  const settings = workspace.getConfiguration("archdsl");
  const [command, ...args] = settings.get("command");
  const documentSelector = settings.get("languages").map((language) => ({ language }));
  client = new LanguageClient("archdsl", "archdsl", { command, args }, { documentSelector });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `archdsl cannot be started (${command}): pip install 'archdsl[editor]', or set archdsl.command. ${error.message}`,
    );
  }
}

async function draw() {
  if (!panel || !shown || !client || !client.isRunning()) return;
  const dark = [ColorThemeKind.Dark, ColorThemeKind.HighContrast].includes(window.activeColorTheme.kind);
  const found = await client.sendRequest(PREVIEW, { uri: shown.uri.toString(), theme: dark ? "dark" : "light" });
  const escape = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  panel.title = found.network || "archdsl";
  panel.webview.html = PAGE(found.svg || `<p>${escape(found.why)}</p>`);
}

function preview() {
  if (!window.activeTextEditor) return;
  shown = window.activeTextEditor.document;
  if (!panel) {
    panel = window.createWebviewPanel("archdsl", "archdsl", { viewColumn: ViewColumn.Beside, preserveFocus: true });
    panel.onDidDispose(() => (panel = undefined));
  }
  return draw();
}

exports.activate = async (context) => {
  let waiting;
  context.subscriptions.push(
    commands.registerCommand("archdsl.preview", preview),
    commands.registerCommand("archdsl.restart", async () => {
      await client?.stop();
      await start();
    }),
    window.onDidChangeActiveColorTheme(draw),
    workspace.onDidChangeTextDocument(({ document }) => {
      if (document !== shown) return;
      clearTimeout(waiting);
      waiting = setTimeout(draw, 300);
    }),
  );
  await start();
};

exports.deactivate = () => client?.stop();
