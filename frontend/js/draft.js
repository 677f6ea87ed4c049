// What was typed into a form, kept on this device under the form's draft key.
import { dropPhotos } from "./photostore.js";

const PREFIX = "draft:";
const DAYS_KEPT = 7;
const NEVER_KEPT = new Set(["csrf_token", "submit"]);
// Of the hidden fields only this one is the browser's: a resend must carry the key of the first try.
const HIDDEN_KEPT = "idempotency_key";

function kept(field) {
  if (!field.name || NEVER_KEPT.has(field.name)) return false;
  if (field.type === "hidden") return field.name === HIDDEN_KEPT;
  return !["file", "password", "submit", "button", "fieldset"].includes(field.type);
}

const isChoice = (field) => field.type === "radio" || field.type === "checkbox";

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
    return draft && Date.now() - draft.savedAt < DAYS_KEPT * 86_400_000 ? draft : null;
  } catch {
    return null; // written by an older version of the page
  }
}

function values(form) {
  const found = {};
  for (const field of [...form.elements].filter(kept)) {
    found[field.name] ??= [];
    if (isChoice(field)) {
      if (field.checked) found[field.name].push(field.value);
    } else if (field.type === "select-multiple") {
      found[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    } else {
      found[field.name].push(field.value);
    }
  }
  return found;
}

/** Save the form whenever something changes; the pages of a split form share one draft. */
export function keepDraft(form) {
  const key = form.dataset.draft;
  let touched = false;
  let timer;
  const save = () => {
    if (!touched) return;
    const fields = { ...read(key)?.fields, ...values(form) };
    localStorage.setItem(PREFIX + key, JSON.stringify({ savedAt: Date.now(), fields }));
  };
  form.addEventListener("input", () => {
    touched = true;
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  form.addEventListener("submit", () => {
    touched = true;
    clearTimeout(timer);
    save();
  });
  window.addEventListener("pagehide", save);
}

function fill(field, stored, group) {
  if (isChoice(field)) {
    // What the server has ticked (an answer sent before, a default) stays.
    if (group.some((one) => one.defaultChecked)) return false;
    field.checked = stored.includes(field.value);
    return field.checked;
  }
  if (field.type === "select-multiple") {
    for (const option of field.options) option.selected = stored.includes(option.value);
    return stored.length > 0;
  }
  const [value] = stored;
  if (field.type === "hidden") {
    if (value) field.value = value;
    return false;
  }
  const untouched = field.tagName === "SELECT" ? ![...field.options].some((o) => o.defaultSelected) : field.value === "";
  if (!untouched || !value) return false;
  field.value = value;
  return true;
}

/** Put a kept draft back into empty fields; returns when it was saved, or null if nothing came back. */
export function restoreDraft(form) {
  const draft = read(form.dataset.draft);
  if (!draft) return null;
  const fields = [...form.elements].filter(kept);
  let restored = false;
  for (const field of fields) {
    const stored = draft.fields[field.name];
    if (!stored) continue;
    const group = fields.filter((other) => other.name === field.name);
    restored = fill(field, stored, group) || restored;
  }
  if (restored) form.dispatchEvent(new Event("change", { bubbles: true }));
  return restored ? draft.savedAt : null;
}

export async function clearDraft(key) {
  localStorage.removeItem(PREFIX + key);
  await dropPhotos(key);
}
