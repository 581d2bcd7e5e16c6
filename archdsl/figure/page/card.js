// Facts of rows and layers -> elements. Every text enters as text, never as markup.

/** Makes an element with attributes and children (texts or elements). */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** Writes a count with its thousands apart. */
export function count(number) {
  return number.toLocaleString("en");
}

/** Gives what is known of the things a part shows. */
export function cardsOf(names, facts) {
  return names.map((name) => {
    const [kind, key] = name.split("-");
    return kind === "row" ? rowCard(facts.rows[Number(key)]) : layerCard(facts.layers[key], facts);
  });
}

function rowCard(row) {
  if (!row) return make("p", {}, "nothing is known of this row");
  const pairs = [
    ["declared", row.declared],
    ["computed", row.computed],
    ["repeats", row.blocks > 1 ? `×${row.blocks}` : ""],
    ["parameters", counted(row.params, row.total)],
    ["multiply-adds", row.macs ? count(row.macs) : ""],
    ["weighted layers", row.depth ? count(row.depth) : ""],
  ];
  const parts = [make("h3", {}, row.name), list(pairs)];
  for (const said of row.said ?? []) parts.push(make("p", { class: "fault" }, said));
  if (row.inferred?.length) parts.push(make("h4", {}, "inferred"), inferred(row.inferred));
  return make("section", {}, ...parts);
}

function layerCard(layer, facts) {
  if (!layer) return make("p", {}, "nothing is known of this layer");
  const row = facts.rows[layer.row];
  const pairs = [
    ["row", row ? row.name : ""],
    ...layer.settings,
    ["input", layer.inputs.join(", ")],
    ["output", layer.output],
    ["parameters", counted(layer.params, layer.total)],
    ["multiply-adds", layer.macs ? count(layer.macs) : ""],
  ];
  const parts = [make("h3", {}, layer.op), make("p", { class: "name" }, layer.name), list(pairs)];
  if (layer.times > 1) {
    const more = layer.times > layer.names.length ? ", …" : "";
    parts.push(make("p", { class: "also" }, `drawn once for ${layer.times}: ${layer.names.join(", ")}${more}`));
  }
  return make("section", {}, ...parts);
}

function counted(trainable, total) {
  if (!trainable && !total) return "";
  return total && total !== trainable ? `${count(trainable)} trainable, ${count(total)} in all` : count(trainable);
}

function list(pairs) {
  const told = pairs.filter(([, value]) => value !== "" && value !== undefined);
  return make("dl", {}, ...told.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

function inferred(facts) {
  return make("ul", {}, ...facts.map(([fact, because]) => make("li", {}, `${fact}: ${because}`)));
}
