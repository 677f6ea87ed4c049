// "/" goes to the search, j and k walk through the rows of a list, Escape closes a menu.
function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}

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

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest("details[open]:is(.it-menu, .it-account, .it-bar__more)");
      if (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const action = ACTIONS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
