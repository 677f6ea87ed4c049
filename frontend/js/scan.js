// Every field with data-scan gets a button that reads its text from a QR code. Typing always works.
//   data-scan="fill"    puts the text in; a text area gets each new code as a line of its own
//   data-scan="submit"  sends the form, too
//   data-scan="many"    stays open; each new code is a `scanned` event with detail.text and detail.say(sentence)
import { codeReader } from "./codes.js";

const PAUSE_MS = 100;
const SHOWN_MS = 600;
const TYPE = "Bitte tippen Sie die Nummer ein.";
const REFUSED = {
  NotAllowedError: "Die Kamera ist für diese Seite gesperrt. Erlauben Sie sie in den Einstellungen des Browsers, oder tippen Sie die Nummer ein.",
  NotFoundError: `Hier gibt es keine Kamera. ${TYPE}`,
  NotReadableError: `Eine andere App benutzt gerade die Kamera. Schließen Sie diese, oder tippen Sie die Nummer ein.`,
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Return the number on a label: the end of its address, or the text as it is. */
const numberIn = (text) => (text.includes("/g/") ? text.split("/g/").pop().split("?")[0] : text).trim();

function made(tag, look, text = "") {
  const element = document.createElement(tag);
  element.className = look;
  element.textContent = text;
  return element;
}

function button(label, icon, look, press) {
  const element = made("button", `kern-btn kern-btn--${look}`);
  element.type = "button";
  element.append(made("span", `kern-icon kern-icon--${icon}`), made("span", "kern-label", label));
  element.firstChild.setAttribute("aria-hidden", "true");
  element.addEventListener("click", press);
  return element;
}

/** The window over the page: the picture, what happens, and the way out. Escape closes it, too. */
class Scanner {
  constructor(name, found) {
    this.found = found;
    this.dialog = made("dialog", "it-scanner");
    this.dialog.setAttribute("aria-label", `${name}: Aufkleber scannen`);
    this.video = made("video", "it-scanner__picture");
    this.video.muted = this.video.playsInline = true;
    this.words = made("p", "it-scanner__words", "Kamera wird geöffnet …");
    this.words.setAttribute("role", "status");
    this.dialog.append(this.video, this.words, button("Schließen", "close", "secondary", () => this.close()));
    this.dialog.addEventListener("close", () => {
      this.release();
      this.dialog.remove();
    });
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  say(sentence) {
    this.words.textContent = sentence;
  }

  close() {
    this.dialog.close();
  }

  release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!this.dialog.open) return this.release(); // closed while the browser asked for permission
      this.video.srcObject = this.stream;
      const [read] = await Promise.all([codeReader(), this.video.play()]);
      this.say("Halten Sie den Aufkleber vor die Kamera.");
      await this.watch(read);
    } catch (error) {
      this.release();
      this.video.hidden = true;
      this.say(REFUSED[error.name] ?? `Die Kamera lässt sich hier nicht öffnen. ${TYPE}`);
    }
  }

  async watch(read) {
    const seen = new Set();
    while (this.dialog.open) {
      const text = numberIn(await read(this.video));
      if (text && this.dialog.open && !seen.has(text)) {
        seen.add(text);
        this.flash();
        this.found(text);
      }
      await pause(PAUSE_MS);
    }
  }

  async flash() {
    this.dialog.dataset.read = "";
    await pause(SHOWN_MS);
    delete this.dialog.dataset.read;
  }
}

const tellPage = (field, text, scanner) => {
  const detail = { text, say: (sentence) => scanner.say(sentence) };
  field.dispatchEvent(new CustomEvent("scanned", { bubbles: true, detail }));
};

const addLine = (field, text) => fill(field, [...field.value.split("\n").filter(Boolean), text].join("\n"));

const finish = (field, text, scanner) => {
  fill(field, text);
  scanner.close();
  if (field.dataset.scan === "submit") field.form.requestSubmit();
};

function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function scanInto(field) {
  const use = field.dataset.scan === "many" ? tellPage : field.localName === "textarea" ? addLine : finish;
  const scanner = new Scanner(field.labels[0].textContent.trim(), (text) => {
    scanner.say(`Gelesen: ${text}`);
    use(field, text, scanner);
  });
  scanner.start();
}

for (const field of document.querySelectorAll("[data-scan]")) {
  const row = made("div", "it-scan");
  field.replaceWith(row);
  row.append(field, button("Scannen", "camera", "secondary", () => scanInto(field)));
  // A field that is moved loses the focus it came with.
  if (field.autofocus) field.focus();
}
