// The manager's day: works without script; with it, nothing typed is lost where there is no network.
import { clearDraft, keepDraft, restoreDraft } from "./draft.js";
import { sendWhenReachable } from "./offline.js";

// A result the server has stored needs no draft any more.
for (const element of document.querySelectorAll("[data-draft-clear]")) clearDraft(element.dataset.draftClear);

for (const form of document.querySelectorAll("form[data-draft]")) {
  restoreDraft(form);
  keepDraft(form);
  sendWhenReachable(form);
}

// Losfahren, Angekommen, Fertig: wait for the network and say so, instead of the browser's error page.
for (const form of document.querySelectorAll(".it-daybar form")) sendWhenReachable(form);

// The day sheet: the button is for those who have a printer dialogue at all.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
