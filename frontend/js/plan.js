// Week plans: progress while one is worked out, and choosing among the steps of a proposal.
import { announce } from "./announce.js";

const ASK_EVERY = 1000;

/** Ask how far the plan is, and show the proposal once it is there. */
async function follow(section) {
  const bar = section.querySelector("progress");
  const words = section.querySelector("[data-progress-words]");
  const percent = section.querySelector("[data-progress-percent]");
  try {
    const answer = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
    const now = await answer.json();
    if (!now.waits) {
      location.reload();
      return;
    }
    bar.value = now.percent;
    percent.textContent = `${now.percent} %`;
    if (words.textContent !== now.words) {
      words.textContent = now.words;
      announce(now.words);
    }
  } catch {
    // No network for a moment: the next question will do.
  }
  setTimeout(() => follow(section), ASK_EVERY);
}

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "kern-btn kern-btn--tertiary it-btn--compact";
  made.innerHTML = '<span class="kern-label"></span>';
  made.firstChild.textContent = label;
  made.addEventListener("click", press);
  return made;
}

/** Give a group of boxes the two buttons that set all of them. */
function toggles(group, after) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  const legend = group.querySelector("legend");
  if (boxes.length < 2 || !legend) return;
  const row = document.createElement("div");
  row.className = "it-toggles";
  for (const [label, value] of [["Alle", true], ["Keine", false]]) {
    const one = button(label, () => {
      for (const box of boxes) box.checked = value;
      after();
      announce(`${legend.textContent.trim()}: ${value ? "alle" : "keine"} ausgewählt.`);
    });
    one.setAttribute("aria-label", `${label} auswählen: ${legend.textContent.trim()}`);
    row.append(one);
  }
  legend.after(row);
}

function choose(form) {
  const count = form.querySelector("[data-chosen-count]");
  const show = () => {
    count.textContent = ` (${form.querySelectorAll("input[name=schritt]:checked").length})`;
  };
  for (const group of form.querySelectorAll("[data-steps]")) toggles(group, show);
  form.addEventListener("change", show);
  show();
}

for (const section of document.querySelectorAll("[data-progress]")) setTimeout(() => follow(section), ASK_EVERY);
for (const form of document.querySelectorAll("[data-choose]")) choose(form);
for (const group of document.querySelectorAll("[data-toggle-all]")) toggles(group, () => {});
