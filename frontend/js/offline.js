// A form that waits for the network instead of ending on the browser's error page.
import { announce } from "./announce.js";
import { photosReady } from "./photos.js";

const PATIENCE_MS = 5000;
const RETRY_MS = 10_000;

/** Ask the server for a tiny file: `navigator.onLine` alone says yes in a school network without a way out. */
async function reachable() {
  if (!navigator.onLine) return false;
  try {
    const small = document.querySelector('script[src*="theme"]').src;
    await fetch(small, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  }
}

function waitingNote(form) {
  const note = document.createElement("div");
  note.className = "kern-alert kern-alert--warning it-alert";
  const head = document.createElement("div");
  head.className = "kern-alert__header";
  const sign = document.createElement("span");
  sign.className = "kern-icon kern-icon--warning";
  const words = document.createElement("p");
  words.className = "kern-title kern-title--small";
  words.textContent =
    "Gerade keine Verbindung. Ihre Eingaben sind auf diesem Gerät gespeichert und werden gesendet, sobald das Netz wieder da ist.";
  head.append(sign, words);
  note.append(head);
  form.insertBefore(note, form.querySelector(":scope > .it-actions"));
  note.scrollIntoView({ block: "center" });
  announce(words.textContent);
  return note;
}

/** Send the form when the server answers; until then say so, keep it, and try again. */
export function sendWhenReachable(form) {
  let busy = false;
  let clear = false;

  form.addEventListener("submit", async (event) => {
    if (clear) return; // the server has just answered: let the browser send it
    event.preventDefault();
    if (busy) return;
    busy = true;
    const { submitter } = event;
    await photosReady();
    if (!(await reachable())) {
      const note = waitingNote(form);
      while (!(await reachable())) await untilNextTry();
      note.remove();
    }
    clear = true;
    form.requestSubmit(submitter);
    busy = clear = false;
  });
}

function untilNextTry() {
  return new Promise((resolve) => {
    const timer = setTimeout(done, RETRY_MS);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    }
    window.addEventListener("online", done);
  });
}
