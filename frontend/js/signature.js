// A field to sign in: strokes become the path of a drawing of 600 × 200, kept in the hidden input beside it.
const WIDTH = 600;
const HEIGHT = 200;
// Points nearer than this to the last one say nothing new.
const NEAREST = 3;
const LONGEST = 20000;

class Signature {
  constructor(section) {
    this.section = section;
    this.canvas = section.querySelector("canvas");
    this.input = section.querySelector("input[type=hidden]");
    this.pen = this.canvas.getContext("2d");
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    section.querySelector("[data-signature-clear]").addEventListener("click", () => this.clear());
    this.draw(this.input.value);
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const inside = (share, size) => Math.round(Math.min(Math.max(share, 0), 1) * size);
    return [inside((event.clientX - box.left) / box.width, WIDTH), inside((event.clientY - box.top) / box.height, HEIGHT)];
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.add("M", this.at(event));
  }

  go(event) {
    if (!event.buttons || !this.last) return;
    const [x, y] = this.at(event);
    if (Math.hypot(x - this.last[0], y - this.last[1]) >= NEAREST) this.add("L", [x, y]);
  }

  add(step, point) {
    const part = `${step}${point.join(" ")}`;
    if (this.input.value.length + part.length >= LONGEST) return;
    this.input.value += this.input.value ? ` ${part}` : part;
    this.draw(step === "L" ? `M${this.last.join(" ")} ${part}` : "");
    this.last = point;
  }

  draw(path) {
    this.pen.strokeStyle = getComputedStyle(this.canvas).color;
    this.pen.lineWidth = 3;
    this.pen.lineCap = this.pen.lineJoin = "round";
    this.pen.stroke(new Path2D(path));
  }

  clear() {
    this.input.value = "";
    this.last = null;
    this.pen.clearRect(0, 0, WIDTH, HEIGHT);
  }
}

// A scanner ends its number with Enter, which would send the form before the name is there.
for (const input of document.querySelectorAll("input[data-next]")) {
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    input.form.elements[input.dataset.next].focus();
  });
}

for (const section of document.querySelectorAll("[data-signature]")) {
  const choices = section.closest("form").querySelectorAll(`input[name="${section.dataset.signature}"]`);
  const show = () => {
    section.hidden = ![...choices].some((choice) => choice.checked && choice.value === "signature");
  };
  for (const choice of choices) choice.addEventListener("change", show);
  show();
  new Signature(section);
}
