// On the page of an article: a link to each heading that copies its address, and the button that prints.
import { announce } from "./announce.js";

async function copy(event) {
  const { href } = event.currentTarget;
  try {
    await navigator.clipboard.writeText(href);
    announce("Adresse dieses Abschnitts kopiert.");
  } catch {
    // The link itself leads there; its address stands in the browser then.
  }
}

for (const heading of document.querySelectorAll("[data-anchors] :is(h2, h3)[id]")) {
  const link = document.createElement("a");
  link.className = "kb-anchor";
  link.href = `#${heading.id}`;
  link.textContent = "#";
  link.title = "Adresse dieses Abschnitts kopieren";
  link.setAttribute("aria-label", `Adresse von „${heading.textContent.trim()}“ kopieren`);
  link.addEventListener("click", copy);
  heading.append(" ", link);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
