// The board: chosen in one place, shown in all; visits are dragged, and the effect is said before they are dropped.
import { boardMap } from "./boardmap.js";
import { dragging } from "./boarddrag.js";
import { sheet } from "./boardsheet.js";

const SCROLL = "board:scroll";
const board = document.querySelector("[data-board]");
const hours = JSON.parse(board.dataset.hours);
const days = [...board.querySelectorAll(".it-plan__day")];
const dayOf = (cell) => days.indexOf(cell.closest(".it-plan__day"));

/** Return what a block or a line of the list stands for. */
function subject(element) {
  if (element.dataset.ticket) {
    const { ticket, school, site, minutes } = element.dataset;
    return { element, ticket, school, site, minutes: Number(minutes), cell: null, version: "" };
  }
  const [version, school, site, minute, minutes] = element.dataset.s.split(",");
  const cell = element.closest(".it-cell");
  return { element, visit: element.dataset.v, version, school, site, minute: Number(minute), minutes: Number(minutes), cell };
}

/** Shade when the school may be visited, on every line of every day. */
function shade(school) {
  board.querySelectorAll(".it-cell__ground .open").forEach((one) => one.remove());
  for (const cell of school ? board.querySelectorAll(".it-cell") : []) {
    for (const [left, wide] of hours[school]?.[dayOf(cell)] ?? []) {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ class: "open", x: `${left}%`, width: `${wide}%`, height: "100%" })) {
        rect.setAttribute(name, value);
      }
      cell.querySelector(".it-cell__ground").prepend(rect);
    }
  }
}

const map = boardMap(board, subject, (element) => choose(element, { scroll: true }));

/** Show one thing as chosen in list, board and map. */
function choose(element, { scroll = false } = {}) {
  board.querySelectorAll(".it-v--chosen, .it-openjob--chosen").forEach((one) => {
    one.classList.remove("it-v--chosen", "it-openjob--chosen");
  });
  if (!element) {
    shade(null);
    map.show(null);
    return;
  }
  const found = subject(element);
  element.classList.add(found.ticket ? "it-openjob--chosen" : "it-v--chosen");
  shade(found.school);
  map.show(found);
  if (scroll) element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const THINGS = ".it-v, .it-openjob";
const paper = sheet(() => choose(null));

board.addEventListener("focusin", ({ target }) => {
  const thing = target.closest(THINGS);
  if (thing) choose(thing);
});
board.addEventListener("click", (event) => {
  const thing = event.target.closest(THINGS);
  const link = event.target.closest("a");
  if (!thing || !link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose(thing);
  paper.open(link.href, link);
});

// After a step the page is loaded anew, and stands where it stood.
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-board-form], .it-undo form, .it-boardsheet form")) return;
  sessionStorage.setItem(SCROLL, String(window.scrollY));
  if (target.method === "post" && !target.elements.zurueck) {
    const back = document.createElement("input");
    Object.assign(back, { type: "hidden", name: "zurueck", value: location.pathname + location.search });
    target.append(back);
  }
});
const scrolled = sessionStorage.getItem(SCROLL);
sessionStorage.removeItem(SCROLL);
if (scrolled !== null) requestAnimationFrame(() => window.scrollTo(0, Number(scrolled)));

const moved = location.hash.startsWith("#b") && document.getElementById(location.hash.slice(1));
if (moved) choose(moved);

dragging(board, { subject, choose });
