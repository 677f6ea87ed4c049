// Counting: each scan is answered where one stands; without a network the numbers wait on this device.
import { announce } from "./announce.js";

const RETRY_MS = 5000;
const PATIENCE_MS = 10_000;
// Signing out empties whatever begins like this: devices at school are shared.
const form = document.querySelector("[data-count]");
const key = `draft:stocktake:${form.dataset.count}`;
const field = form.elements.number;
const waiting = document.querySelector("[data-waiting]");
let busy = false;

const queue = () => JSON.parse(localStorage.getItem(key) ?? "[]");
const keep = (entries) => (entries.length ? localStorage.setItem(key, JSON.stringify(entries)) : localStorage.removeItem(key));

/** Put the new state on the page: the answer, how far it is, what is still open. */
function show(page, say) {
  const counting = page.querySelector("[data-counting]");
  document.querySelector("[data-counting]").replaceWith(counting);
  form.elements.csrf_token.value = page.querySelector("[data-count] [name=csrf_token]").value;
  const answer = counting.querySelector("[data-answer]");
  const [sentence] = answer.textContent.trim().split("\n");
  navigator.vibrate?.(answer.dataset.answer === "success" ? 60 : [120, 80, 120]);
  announce(sentence);
  say?.(sentence);
}

async function send(number) {
  const body = new FormData(form);
  body.set("number", number);
  const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status >= 500) throw new Error("the server is not well");
  if (answer.status === 409) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Somebody else has closed the stocktake: say which numbers came too late. */
function tellOver() {
  waiting.hidden = false;
  waiting.textContent = `Diese Inventur ist schon abgeschlossen. Nicht mehr gezählt: ${queue().join(", ")}.`;
  announce(waiting.textContent);
  keep([]);
}

async function flush(say) {
  if (busy) return;
  busy = true;
  try {
    for (let [number] = queue(); number !== undefined; [number] = queue()) {
      const page = await send(number);
      if (!page) return tellOver();
      // Signed out, or open for too long: a new page says so, and what waits stays here.
      if (!page.querySelector("[data-counting]")) return location.reload();
      keep(queue().slice(1));
      show(page, say);
    }
    waiting.hidden = true;
  } catch {
    tellWaiting();
    setTimeout(flush, RETRY_MS);
  } finally {
    busy = false;
  }
}

function tellWaiting() {
  const count = queue().length;
  waiting.hidden = false;
  waiting.textContent = `Keine Verbindung. ${count === 1 ? "Eine Nummer wartet" : `${count} Nummern warten`} auf diesem Gerät und ${count === 1 ? "wird" : "werden"} gesendet, sobald das Netz wieder da ist.`;
}

function count(number, say) {
  if (!number.trim()) return;
  keep([...queue(), number.trim()]);
  flush(say);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  count(field.value);
  field.value = "";
  field.focus();
});
field.addEventListener("scanned", ({ detail }) => count(detail.text, detail.say));
window.addEventListener("online", () => flush());
flush();
