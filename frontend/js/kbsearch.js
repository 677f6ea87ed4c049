// Articles offered below a search box while somebody types: a combobox with a list (WAI-ARIA 1.2).
import { announce } from "./announce.js";

const PAUSE = 150;
const SHORTEST = 2;

/** Let a box offer what the address in data-suggest answers; without script it is an ordinary search. */
function suggestBelow(box) {
  const list = document.createElement("div");
  let pending, timer, active;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(option) {
    active?.setAttribute("aria-selected", "false");
    active = option;
    active?.setAttribute("aria-selected", "true");
    active?.scrollIntoView({ block: "nearest" });
    if (active) box.setAttribute("aria-activedescendant", active.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    pending?.abort();
    choose(undefined);
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
  }

  function show(html) {
    choose(undefined);
    list.innerHTML = html;
    list.hidden = !options().length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    const count = Number(list.querySelector("[data-articles]")?.dataset.articles ?? 0);
    const found = ["Kein Artikel gefunden", "Ein Artikel"][count] ?? `${count} Artikel`;
    announce(`${found}. Pfeiltasten wählen aus, Enter sucht weiter.`);
  }

  async function ask() {
    const line = box.value.trim();
    if (line.length < SHORTEST) return close();
    pending?.abort();
    pending = new AbortController();
    const address = new URL(box.dataset.suggest, location.href);
    address.searchParams.set("q", line);
    try {
      const answer = await fetch(address, { signal: pending.signal });
      if (answer.ok) show(await answer.text());
    } catch {
      // Without the network, or asked anew meanwhile: Enter still sends the form.
    }
  }

  function step(by) {
    const all = options();
    if (!all.length) return ask();
    const at = all.indexOf(active) + by;
    // One step beyond either end is the box itself.
    choose(all[at < -1 ? all.length - 1 : at]);
  }

  const KEYS = {
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    Enter: () => active.click(),
    Escape: close,
  };

  list.id = `${box.id}-offers`;
  list.className = "kb-offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Artikel");
  close();
  // A search field may not be a combobox; a text field may.
  box.type = "text";
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.parentElement.append(list);

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    const isOurs = event.key === "Enter" ? active : event.key === "Escape" ? !list.hidden : KEYS[event.key];
    if (!isOurs || event.isComposing) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  box.addEventListener("blur", close);
  // A press on the list must not take the focus from the box, or the list would be gone before the click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}

export function suggestions() {
  document.querySelectorAll("[data-suggest]").forEach(suggestBelow);
}
