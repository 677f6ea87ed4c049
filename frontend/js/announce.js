// The one live region of the page.
const region = document.getElementById("live");

/** Have a sentence read out. */
export function announce(sentence) {
  // A change within the same turn as the page's start is not read by every screen reader.
  setTimeout(() => {
    region.textContent = sentence;
  }, 150);
}
