// The sheet beside the board: the page of a visit without its frame; every link in it works as a page too.
import { announce } from "./announce.js";

const ON_SHEET = /^\/einsatz\/(besuche|stoerungen)\//;

/** Make the sheet work; `closed` is told when it goes. */
export function sheet(closed) {
  const box = document.querySelector("[data-sheet]");
  let opener = null;

  function close() {
    if (!box.open) return;
    box.close();
    box.replaceChildren();
    opener?.focus({ preventScroll: true });
    closed();
  }

  async function load(url) {
    let answer;
    try {
      answer = await fetch(url, { headers: { "X-Sheet": "1" } });
    } catch {
      announce("Gerade keine Verbindung. Bitte versuchen Sie es noch einmal.");
      return;
    }
    const text = await answer.text();
    if (!answer.ok || answer.redirected) {
      location.assign(url);
      return;
    }
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "it-boardsheet__close kern-btn kern-btn--tertiary" });
    button.innerHTML = '<span class="kern-icon kern-icon--close" aria-hidden="true"></span><span class="kern-label kern-sr-only">Schließen</span>';
    button.addEventListener("click", close);
    box.innerHTML = text;
    box.prepend(button);
    box.scrollTop = 0;
    if (!box.open) box.show();
    const title = box.querySelector("[data-sheet-title]");
    box.setAttribute("aria-label", title.textContent);
    title.focus({ preventScroll: true });
  }

  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (ON_SHEET.test(link.pathname)) {
      event.preventDefault();
      load(link.href);
    } else if (link.pathname === "/einsatz") {
      event.preventDefault();
      close();
    }
  });
  box.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get") return;
    event.preventDefault();
    load(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") close();
  });
  return {
    open(url, from) {
      opener = from;
      load(url);
    },
    close,
  };
}
