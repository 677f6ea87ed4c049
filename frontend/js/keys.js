// "/" goes to the search, j and k walk through the rows of a list, Escape closes a menu.
// Single letters disturb people who speak to their device: they can be switched off (WCAG 2.1.4).
const OFF = "keys-off";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

function walk(step) {
  const links = [...document.querySelectorAll("[data-rows] .it-table__link")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
}

const ACTIONS = {
  "/": () => document.getElementById("search")?.focus(),
  j: () => walk(1),
  k: () => walk(-1),
};

function closeMenu(target) {
  const menu = target.closest("details[open]:is(.it-menu, .it-account, .it-bar__more)");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

function toggles() {
  const buttons = document.querySelectorAll("[data-keys-toggle]");
  const label = (button) => {
    button.querySelector("[data-keys-label]").textContent = localStorage.getItem(OFF)
      ? "Tastenkürzel einschalten"
      : "Tastenkürzel ausschalten";
  };
  for (const button of buttons) {
    button.hidden = false;
    label(button);
    button.addEventListener("click", () => {
      if (localStorage.getItem(OFF)) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
      buttons.forEach(label);
    });
  }
}

export function keys() {
  toggles();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenu(event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const action = ACTIONS[event.key];
    if (!action || localStorage.getItem(OFF)) return;
    event.preventDefault();
    action();
  });
}
