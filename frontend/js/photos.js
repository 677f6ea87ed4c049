// A file input for photos: previews, removal, big pictures made smaller before they travel.
import { announce } from "./announce.js";
import { loadPhotos, savePhotos } from "./photostore.js";

const LONGEST_SIDE = 2560;
const SMALL_ENOUGH_BYTES = 1_500_000;
const MOST = 10;
const SHRINKABLE = ["image/jpeg", "image/png"];

const working = new Set();

/** Run a slow step a form must wait for before it is sent. */
async function tracked(step) {
  working.add(step);
  try {
    return await step;
  } finally {
    working.delete(step);
  }
}

/** Resolves when every chosen or restored photo lies in its input. */
export async function photosReady() {
  while (working.size) await Promise.allSettled(working);
}

/** Return a smaller JPEG of the picture, or the file itself where that brings nothing. */
async function shrink(file) {
  if (!SHRINKABLE.includes(file.type)) return file; // HEIC: browsers cannot read it, the server does
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // not a picture after all; the server says so in a sentence
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size <= SMALL_ENOUGH_BYTES) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  if (!blob) return file; // too large for this device; the server makes it smaller
  if (blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
}

function put(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
}

function preview(file, number, remove) {
  const item = document.createElement("li");
  item.className = "it-photos__item";
  const image = document.createElement("img");
  image.className = "it-photos__image";
  image.alt = `Foto ${number}: ${file.name}`;
  image.src = URL.createObjectURL(file);
  image.onload = image.onerror = () => URL.revokeObjectURL(image.src);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "it-photos__remove";
  button.setAttribute("aria-label", `Foto ${number} entfernen`);
  const cross = document.createElement("span");
  cross.className = "kern-icon kern-icon--close";
  button.append(cross);
  button.addEventListener("click", remove);
  item.append(image, button);
  return item;
}

/** Give an input previews; with a draft key its photos come back after a closed browser. */
export function photoInput(input, key) {
  const list = document.createElement("ul");
  list.className = "it-photos";
  list.setAttribute("aria-label", "Ausgewählte Fotos");
  input.after(list);
  let files = [];

  const show = () => {
    put(input, files);
    list.replaceChildren(...files.map((file, index) => preview(file, index + 1, () => change(files.filter((other) => other !== file)))));
    list.hidden = files.length === 0;
  };
  const change = (next) => {
    files = next.slice(0, MOST);
    show();
    if (key) savePhotos(key, files);
    announce(next.length > MOST ? `Es bleiben die ersten ${MOST} Fotos.` : `${files.length} ${files.length === 1 ? "Foto" : "Fotos"} ausgewählt.`);
  };
  const add = async (added) => change([...files, ...(await Promise.all(added.map(shrink)))]);
  const restore = async () => {
    if (key) files = await loadPhotos(key);
    show();
  };
  input.addEventListener("change", () => {
    const added = [...input.files];
    put(input, files); // until the new ones are ready the form holds the old ones
    tracked(add(added));
  });
  tracked(restore());
}
