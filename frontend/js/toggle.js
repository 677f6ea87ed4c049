// The choice between light and dark, kept on this device.
const root = document.documentElement;
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.kernTheme ? root.dataset.kernTheme === "dark" : systemDark.matches;
}

function label(button) {
  button.querySelector("[data-theme-label]").textContent = isDark() ? "Helle Ansicht" : "Dunkle Ansicht";
}

/** Paper is white: without this a dark choice would print white on white. */
function printInLight() {
  const chosen = () => localStorage.getItem("theme");
  window.addEventListener("beforeprint", () => (root.dataset.kernTheme = "light"));
  window.addEventListener("afterprint", () => {
    if (chosen()) root.dataset.kernTheme = chosen();
    else delete root.dataset.kernTheme;
  });
}

export function themeToggles() {
  const buttons = document.querySelectorAll("[data-theme-toggle]");
  for (const button of buttons) {
    button.hidden = false;
    label(button);
    button.addEventListener("click", () => {
      root.dataset.kernTheme = isDark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.kernTheme);
      buttons.forEach(label);
    });
  }
  printInLight();
  systemDark.addEventListener("change", () => buttons.forEach(label));
}
