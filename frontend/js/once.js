// A form with data-once is sent once: the button shows that it works until the next page is there.
import { announce } from "./announce.js";

function setWorking(form, submitter) {
  form.dataset.sent = "";
  if (!submitter) return;
  submitter.setAttribute("aria-disabled", "true");
  submitter.setAttribute("aria-busy", "true");
  announce("Wird gesendet.");
}

/** Make a form usable again, after going back or after a failed sending. */
export function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
  }
}

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("once" in form.dataset)) return;
    if ("sent" in form.dataset) event.preventDefault();
    // Not `disabled`: a disabled button would not be sent along with the form.
    else if (!event.defaultPrevented) setWorking(form, event.submitter);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
}
