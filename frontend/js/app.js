// On every page: look, keys, lists, menus, announcements, forms sent once.
import { announce } from "./announce.js";
import { suggestions } from "./kbsearch.js";
import { sendOnce } from "./once.js";
import { themeToggles } from "./toggle.js";
import { keys } from "./keys.js";

themeToggles();
keys();
sendOnce();
suggestions();

for (const flash of document.querySelectorAll("[data-announce]")) announce(flash.textContent.trim());

document.querySelector("[data-error-summary]")?.focus();

// Where tabs do not fit, the open one is in sight.
for (const tab of document.querySelectorAll(".it-tabs__tab[aria-current]")) {
  const row = tab.closest("ul");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// A menu closes when one looks elsewhere.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".it-menu[open], .it-account[open], .it-bar__more[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

// Devices at school are shared: what one person typed does not wait for the next.
document.addEventListener("submit", ({ target }) => {
  if (target.getAttribute("action") !== "/abmelden") return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
  indexedDB.deleteDatabase("drafts");
});
