// Loaded before the first paint: applies the light or dark choice kept on this device.
const kept = localStorage.getItem("theme");
if (kept === "light" || kept === "dark") document.documentElement.dataset.kernTheme = kept;
