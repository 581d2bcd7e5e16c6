// Files that the reader drops on the page, or chooses.

const LARGEST = 8_000_000;

/** Calls `opened(document)` with each file that can be read, `refused(sentence)` with what is wrong with others. */
export function takesFiles(body, chooser, opened, refused) {
  const take = async (file) => {
    if (!file) return;
    if (file.size > LARGEST) return refused(`${file.name} has more than ${LARGEST / 1e6} million bytes`);
    const text = await file.text();
    if (text.includes("\0")) return refused(`${file.name} is not a text file`);
    opened({ name: file.name, text });
  };
  for (const kind of ["dragenter", "dragover"])
    body.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      body.classList.add("over");
    });
  body.addEventListener("dragleave", (event) => event.relatedTarget ?? body.classList.remove("over"));
  body.addEventListener(
    "drop",
    (event) => {
      body.classList.remove("over");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      event.stopPropagation();
      take(event.dataTransfer.files[0]);
    },
    true,
  );
  chooser.addEventListener("change", () => take(chooser.files[0]).then(() => (chooser.value = "")));
}
