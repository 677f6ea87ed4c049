// Forms that must survive a lost network and a closed browser: report a fault, and whatever else asks for it.
import { announce } from "./announce.js";
import { clearDraft, keepDraft, restoreDraft } from "./draft.js";
import { sendWhenReachable } from "./offline.js";
import { photoInput } from "./photos.js";

for (const element of document.querySelectorAll("[data-draft-clear]")) clearDraft(element.dataset.draftClear);

/** Say that a draft is back, and offer to throw it away. */
function noteRestored(form, savedAt) {
  const note = document.createElement("p");
  note.className = "it-draft-note";
  const when = new Date(savedAt).toLocaleString("de-DE", { dateStyle: "short", timeStyle: "short" });
  note.textContent = `Ihr Entwurf vom ${when} Uhr ist wieder da. `;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "it-plain";
  drop.textContent = "Entwurf verwerfen";
  drop.addEventListener("click", async () => {
    await clearDraft(form.dataset.draft);
    window.location.assign(window.location.pathname);
  });
  note.append(drop);
  form.prepend(note);
  announce("Ihr Entwurf ist wieder da.");
}

const forms = new Set(document.querySelectorAll("form[data-draft]"));
for (const input of document.querySelectorAll('input[type="file"][data-photos]')) {
  photoInput(input, input.form.dataset.draft);
  forms.add(input.form);
}
for (const form of forms) {
  if (form.dataset.draft) {
    const savedAt = restoreDraft(form);
    if (savedAt) noteRestored(form, savedAt);
    keepDraft(form);
  }
  sendWhenReachable(form);
}
