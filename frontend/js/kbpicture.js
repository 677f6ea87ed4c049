// A picture that is pasted, dropped or chosen: described first, sent, and its line put into the text.
import { announce } from "./announce.js";
import { insertBlock } from "./kbtext.js";

/** Give the text its picture dialog; `open` shows it, with a file or without. */
export function pictures(form, body) {
  const dialog = document.getElementById("picture-dialog");
  const file = dialog.querySelector("input[type=file]");
  const alternative = dialog.querySelector("#dialog-alternative");
  const error = dialog.querySelector("[data-dialog-error]");
  const shown = dialog.querySelector("[data-dialog-picture]");

  const show = () => {
    const [chosen] = file.files;
    shown.hidden = !chosen;
    if (!chosen) return;
    shown.src = URL.createObjectURL(chosen);
    shown.onload = () => URL.revokeObjectURL(shown.src);
    shown.onerror = () => (shown.hidden = true); // HEIC: browsers cannot show it, the server reads it
  };
  const open = (chosen) => {
    const transfer = new DataTransfer();
    if (chosen) transfer.items.add(chosen);
    file.files = transfer.files;
    alternative.value = "";
    error.hidden = true;
    show();
    dialog.showModal();
    (chosen ? alternative : file).focus();
  };
  const refuse = (sentence) => {
    error.textContent = sentence;
    error.hidden = false;
  };
  const insert = (line) => {
    dialog.close();
    insertBlock(body, "", line, "");
    announce("Eingefügt.");
  };
  const send = async () => {
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    if (file.files[0]) data.set("picture", file.files[0]);
    data.set("alternative", alternative.value);
    try {
      const answer = await fetch(form.dataset.pictureUrl, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (!isOurs) return refuse("Das Bild ließ sich nicht hochladen. Bitte laden Sie die Seite neu; Ihr Text ist zwischengespeichert.");
      const found = await answer.json();
      if (answer.ok) insert(found.line);
      else refuse(found.sentence);
    } catch {
      refuse("Kein Netz. Bitte versuchen Sie es noch einmal.");
    }
  };

  file.addEventListener("change", show);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  for (const one of document.querySelectorAll(".kb-dialog")) {
    one.addEventListener("click", ({ target }) => {
      if (target.closest("[data-close]")) one.close();
      const line = target.closest("[data-line]")?.dataset.line;
      if (line) {
        one.close();
        insert(line);
      }
    });
  }

  const pictureIn = (transfer) => [...(transfer?.files ?? [])].find((one) => one.type.startsWith("image/"));
  body.addEventListener("paste", (event) => {
    const found = pictureIn(event.clipboardData);
    if (!found) return;
    event.preventDefault();
    open(found);
  });
  body.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    body.classList.add("kb-dropping");
  });
  for (const name of ["dragleave", "drop"]) body.addEventListener(name, () => body.classList.remove("kb-dropping"));
  body.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    open(pictureIn(event.dataTransfer));
  });
  return { open };
}
