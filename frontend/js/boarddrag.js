// Dragging: while something is held over a day, what it would bring with it is asked, said and shown in colour.
import { announce } from "./announce.js";

const FAR_ENOUGH = 5;
const ASK_AFTER = 140;
const STEP_MINUTES = 5;
const EDGE = 60;
const HEADS = { success: "Das geht.", warning: "Das geht, aber es bricht etwas.", danger: "Das geht nicht." };
const MOVABLE = ".it-v--soft, .it-v--told, .it-v--confirmed, .it-openjob";

/** Let blocks and unplanned tickets be dragged onto the days. */
export function dragging(board, { subject, choose }) {
  const first = Number(board.dataset.first);
  const last = Number(board.dataset.last);
  const panel = document.querySelector("[data-effect]");
  const wide = window.matchMedia("(min-width: 1000px)");
  let held = null;

  function text(tag, words, className = "") {
    const element = document.createElement(tag);
    element.textContent = words;
    element.className = className;
    return element;
  }

  function say(effect) {
    panel.hidden = false;
    panel.className = `it-effect it-effect--${effect.kind}`;
    const list = document.createElement("ul");
    list.append(...effect.lines.map((line) => text("li", line)));
    panel.replaceChildren(text("p", HEADS[effect.kind] ?? "", "it-effect__head"), text("p", effect.sentence), list);
    if (HEADS[effect.kind]) announce(`${HEADS[effect.kind]} ${effect.sentence} ${effect.lines.join(" ")}`);
  }

  function button(words, kind, action) {
    const element = text("button", "", `kern-btn kern-btn--${kind} it-btn--compact`);
    element.type = "button";
    element.append(text("span", words, "kern-label"));
    element.addEventListener("click", action);
    return element;
  }

  function hide() {
    panel.hidden = true;
    panel.replaceChildren();
  }

  function ask(spot) {
    const query = new URLSearchParams({ person: spot.person, tag: spot.day, bei: spot.minute });
    query.set(held.thing.ticket ? "stoerung" : "besuch", held.thing.ticket ?? held.thing.visit);
    held.asked?.abort();
    held.asked = new AbortController();
    return fetch(`/einsatz/wirkung?${query}`, { signal: held.asked.signal })
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .catch((error) => {
        if (error.name === "AbortError") return null;
        return { kind: "danger", possible: false, lines: [], sentence: "Das lässt sich gerade nicht prüfen. Bitte laden Sie die Seite neu." };
      });
  }

  /** The person, day and minute under the pointer. */
  function spotAt(x, y) {
    const cell = document.elementFromPoint(x, y)?.closest(".it-cell");
    if (!cell) return null;
    const box = cell.getBoundingClientRect();
    const minute = first + ((x - held.offset - box.left) / box.width) * (last - first);
    const rounded = Math.round(Math.min(Math.max(minute, first), last - STEP_MINUTES) / STEP_MINUTES) * STEP_MINUTES;
    return { cell, person: cell.dataset.user, day: cell.dataset.day, minute: rounded };
  }

  function mark(spot, kind) {
    board.querySelectorAll(".it-cell--over").forEach((cell) => (cell.className = cell.className.replace(/ it-cell--over\S*/g, "")));
    board.querySelectorAll(".it-cell__ground .drop").forEach((one) => one.remove());
    if (!spot) return;
    spot.cell.classList.add("it-cell--over", ...(kind ? [`it-cell--over-${kind}`] : []));
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const percent = (minutes) => `${(minutes * 100) / (last - first)}%`;
    const look = { class: "drop", x: percent(spot.minute - first), width: percent(held.thing.minutes), height: "100%" };
    for (const [name, value] of Object.entries(look)) rect.setAttribute(name, value);
    spot.cell.querySelector(".it-cell__ground").append(rect);
  }

  function lift() {
    choose(held.thing.element);
    held.ghost = text("div", held.thing.element.querySelector("em, a").textContent, "it-ghost");
    document.body.append(held.ghost);
    document.body.classList.add("it-dragging");
  }

  function over(x, y) {
    held.ghost.style.transform = `translate(${x + 12}px, ${y + 8}px)`;
    if (y < EDGE) window.scrollBy(0, -12);
    else if (y > window.innerHeight - EDGE) window.scrollBy(0, 12);
    const spot = spotAt(x, y);
    const key = spot && `${spot.person} ${spot.day} ${spot.minute}`;
    if (key === held.key) return;
    Object.assign(held, { spot, key, effect: null });
    clearTimeout(held.timer);
    mark(spot);
    if (!spot) {
      hide();
      return;
    }
    held.effect = new Promise((resolve) => {
      held.timer = setTimeout(() => resolve(held ? ask(spot) : null), ASK_AFTER);
    });
    const { effect } = held;
    effect.then((found) => {
      if (!found || held?.effect !== effect) return;
      mark(spot, found.kind);
      say(found);
    });
  }

  function send(thing, spot, nod) {
    const form = document.createElement("form");
    form.method = "post";
    form.dataset.boardForm = "";
    form.action = thing.ticket ? `/einsatz/stoerungen/${thing.ticket}/einplanen` : `/einsatz/besuche/${thing.visit}/verschieben`;
    const fields = { csrf_token: board.dataset.csrf, person: spot.person, tag: spot.day, bei: spot.minute, version: thing.version || 0 };
    if (nod) fields.trotzdem = "y";
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.requestSubmit();
  }

  function put() {
    held?.ghost?.remove();
    document.body.classList.remove("it-dragging");
  }

  async function drop() {
    const { thing, spot, effect } = held;
    put();
    const found = spot && (await effect);
    held = null;
    if (!found) {
      mark(null);
      hide();
      return;
    }
    say(found);
    if (found.possible && !found.nod) {
      send(thing, spot, false);
      return;
    }
    const end = button(found.possible ? "Abbrechen" : "Schließen", "tertiary", () => {
      mark(null);
      hide();
      thing.element.querySelector("a").focus({ preventScroll: true });
    });
    const ways = text("div", "", "it-effect__ways");
    if (found.possible) ways.append(button("Trotzdem verschieben", "primary", () => send(thing, spot, true)));
    ways.append(end);
    panel.append(ways);
    ways.querySelector("button").focus();
  }

  function cancel() {
    if (!held) return;
    clearTimeout(held.timer);
    held.asked?.abort();
    held.effect = null;
    mark(null);
    put();
    hide();
    held = null;
  }

  board.addEventListener("pointerdown", (event) => {
    const element = event.target.closest(MOVABLE);
    if (!element || event.button !== 0 || !wide.matches || (event.pointerType === "touch" && element.matches(".it-openjob"))) return;
    const thing = subject(element);
    const bar = element.querySelector("rect")?.getBoundingClientRect();
    cancel();
    hide();
    held = { thing, x: event.clientX, y: event.clientY, offset: bar ? Math.min(event.clientX - bar.left, bar.width / 2) : 0 };
  });
  document.addEventListener("pointermove", (event) => {
    if (!held) return;
    if (!held.ghost) {
      if (Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR_ENOUGH) return;
      lift();
    }
    event.preventDefault();
    over(event.clientX, event.clientY);
  });
  document.addEventListener("pointerup", () => {
    if (!held) return;
    if (!held.ghost) {
      held = null;
      return;
    }
    // The click that follows a drag is none; after a drop elsewhere there is no click to wait for.
    const swallow = (click) => click.preventDefault();
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
    drop();
  });
  document.addEventListener("pointercancel", cancel);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") {
      cancel();
      mark(null);
      hide();
    }
  });
  board.addEventListener("dragstart", (event) => event.preventDefault());
}
