// "??" in an answer opens a list of articles: Enter inserts the link, Shift+Enter the steps.
import { announce } from "./announce.js";

const PAUSE = 200;
const SIGN = "??";
const pattern = document.querySelector("[data-compose-picker]");

/** Open the list below a field; what is chosen takes the place of the two question marks. */
function open(field) {
  document.querySelector(".it-compose [data-close]")?.click();
  const picker = pattern.content.firstElementChild.cloneNode(true);
  const [line, list] = [picker.querySelector("input"), picker.querySelector("[role=listbox]")];
  const at = field.selectionEnd;
  const from = field.value.slice(0, at).endsWith(SIGN) ? at - SIGN.length : at;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(option) {
    for (const one of options()) one.setAttribute("aria-selected", one === option);
    line.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  function walk(step) {
    const all = options();
    choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  }

  function close() {
    picker.remove();
    field.focus();
  }

  let asked = 0;
  async function load() {
    const mine = ++asked;
    const address = new URL(pattern.dataset.composePicker, location.href);
    address.searchParams.set("fuer", field.dataset.compose);
    address.searchParams.set("q", line.value);
    const answer = await fetch(address);
    if (mine !== asked || !answer.ok) return;
    list.innerHTML = await answer.text();
    choose(options()[0]);
    announce(`${options().length} Artikel`);
  }

  async function insert(as) {
    const option = chosen();
    if (!option) return;
    const body = new URLSearchParams({
      csrf_token: field.form.elements.csrf_token.value,
      fuer: field.dataset.compose,
      als: as,
    });
    const answer = await fetch(option.dataset.insert, { method: "POST", body });
    if (!answer.ok) return announce("Der Artikel ließ sich nicht einfügen.");
    close();
    field.setRangeText(await answer.text(), from, at, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    announce("Eingefügt.");
  }

  let timer;
  line.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(load, PAUSE);
  });
  line.addEventListener("keydown", (event) => {
    const action = {
      ArrowDown: () => walk(1),
      ArrowUp: () => walk(-1),
      Enter: () => insert(event.shiftKey ? "schritte" : "link"),
      Escape: close,
    }[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]") ?? chosen()));
  for (const button of picker.querySelectorAll("[data-as]")) {
    button.addEventListener("click", () => insert(button.dataset.as));
  }
  picker.querySelector("[data-close]").addEventListener("click", close);
  field.closest(".it-field").append(picker);
  line.focus();
  load();
}

if (pattern) {
  for (const field of document.querySelectorAll("textarea[data-compose]")) {
    const button = document.querySelector("[data-compose-button]").content.firstElementChild.cloneNode(true);
    button.addEventListener("click", () => open(field));
    field.after(button);
    field.addEventListener("input", (event) => {
      const before = field.value.slice(0, field.selectionEnd);
      if (event.data === "?" && before.endsWith(SIGN)) open(field);
    });
  }
}
