// Articles that may help, beside a form while somebody types; one that is open stays as it is.
import { announce } from "./announce.js";

const PAUSE = 300;
// Only what the answer depends on: no photo travels while somebody types.
const SENT = ["csrf_token", "school", "fault", "description", "guide_shown", "guide_opened", "guide_tried"];

const panel = () => document.querySelector("[data-beside]");
const form = panel()?.closest("form");

async function ask(address) {
  const body = new URLSearchParams([...new FormData(form)].filter(([name]) => SENT.includes(name)));
  const answer = await fetch(address, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.statusText);
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return holder.content;
}

const titles = (holder) => [...holder.querySelectorAll("[data-guide] summary")].map((one) => one.innerText.trim());
const isReading = () => panel().querySelector("details[open]") || panel().contains(document.activeElement);

let asked = form?.elements.description.value;
let isAsking = false;

async function refresh() {
  const text = form.elements.description.value;
  if (text === asked || isAsking || isReading()) return;
  asked = text;
  isAsking = true;
  try {
    const fresh = (await ask(panel().dataset.beside)).firstElementChild;
    const before = titles(panel()).join("|");
    if (isReading()) return;
    panel().replaceWith(fresh);
    const found = titles(panel());
    if (found.length && found.join("|") !== before) announce(`Das könnte helfen: ${found.join(", ")}`);
  } catch {
    // Without the network the form goes on without help.
  } finally {
    isAsking = false;
    later();
  }
}

let timer;
function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE);
}

async function open(details) {
  const place = details.querySelector("[data-guide-body]");
  if (!details.open || place.dataset.loaded) return;
  place.dataset.loaded = "yes";
  try {
    place.replaceChildren(await ask(details.dataset.guide));
  } catch {
    delete place.dataset.loaded; // the link to the article is still there
  }
}

if (form) {
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("toggle", (event) => event.target.dataset.guide && open(event.target), true);
}
