// Writing an article: tools, preview beside the text, what is typed kept on the server, pictures by paste and drag.
import { announce } from "./announce.js";
import { insertAround, insertBlock } from "./kbtext.js";
import { pictures } from "./kbpicture.js";

const PREVIEW_AFTER_MS = 500;
const KEEP_AFTER_MS = 2000;
// What browsers still send once a page has been left.
const MOST_AFTER_LEAVING_BYTES = 60_000;

const form = document.querySelector("[data-kb-editor]");
const body = form.querySelector("textarea[name=body]");
const note = form.querySelector("[data-draft-note]");

const TOOLS = {
  heading: () => insertBlock(body, "## ", "Überschrift", ""),
  bold: () => insertAround(body, "**", "fett", "**"),
  list: () => insertBlock(body, "- ", "Punkt", "\n- "),
  steps: () => insertBlock(body, ":::schritte\n1. ", "Erster Schritt", "\n2. \n:::"),
  note: () => insertBlock(body, ":::hinweis\n", "Gut zu wissen", "\n:::"),
  warning: () => insertBlock(body, ":::achtung\n", "Worauf man achten muss", "\n:::"),
  table: () => insertBlock(body, "| ", "Spalte", " | Spalte |\n| --- | --- |\n|  |  |"),
  link: () => insertAround(body, "[", "Worte", "](https://)"),
  picture: () => dialogs.open(),
  video: () => document.getElementById("video-dialog").showModal(),
};

function send(url, isLeaving = false) {
  const keepalive = isLeaving && new Blob([body.value]).size < MOST_AFTER_LEAVING_BYTES;
  return fetch(url, { method: "POST", body: new FormData(form), keepalive });
}

function preview() {
  const place = form.querySelector("[data-preview]");
  let timer;
  let running = 0;
  const show = async () => {
    const mine = ++running;
    try {
      const answer = await send(form.dataset.previewUrl);
      const html = await answer.text();
      if (mine === running && (answer.ok || answer.status === 422)) place.innerHTML = html;
    } catch {
      // Without a network the last preview stays.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PREVIEW_AFTER_MS);
  });
  show();
}

function keep() {
  let timer;
  let isDirty = false;
  const say = (sentence) => {
    if (note.textContent === sentence) return;
    note.textContent = sentence;
    announce(sentence);
  };
  const save = async (isLeaving = false) => {
    clearTimeout(timer);
    if (!isDirty) return;
    isDirty = false;
    try {
      const answer = await send(form.dataset.draftUrl, isLeaving);
      if (answer.ok) return say(`Zwischengespeichert ${(await answer.json()).at}`);
      if (answer.status === 422) return say((await answer.json()).sentence);
      say(answer.status === 413 ? "Nicht zwischengespeichert: Der Text ist zu lang." : "Nicht zwischengespeichert. Bitte kopieren Sie Ihren Text und laden Sie die Seite neu.");
    } catch {
      isDirty = true;
      timer = setTimeout(save, KEEP_AFTER_MS);
      say("Nicht zwischengespeichert: kein Netz. Wir versuchen es weiter.");
    }
  };
  form.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, KEEP_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    isDirty = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  window.addEventListener("pagehide", () => save(true));
}

function views() {
  const buttons = form.querySelectorAll("[data-show]");
  const show = (name) => {
    form.dataset.showing = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.show === name));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.show));
  form.querySelector("[data-switch]").hidden = false;
  show("write");
}

function tools() {
  const bar = form.querySelector("[data-toolbar]");
  bar.hidden = false;
  const buttons = [...bar.querySelectorAll("button")];
  const focusable = (chosen) => buttons.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1));
  focusable(buttons[0]);
  bar.addEventListener("click", ({ target }) => TOOLS[target.dataset.tool]?.());
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    focusable(next);
    next.focus();
  });
  body.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "b") {
      event.preventDefault();
      TOOLS.bold();
    }
  });
}

const dialogs = pictures(form, body);
for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
tools();
views();
preview();
keep();
