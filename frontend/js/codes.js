// Reads QR codes from a picture: by the browser where it can, else by a script fetched when it is needed.
const LONGEST_SIDE = 800; // sharp enough for a label at arm's length, small enough for ten pictures a second

/** Return a function from a playing video to the text of a code in it, empty without one. */
export async function codeReader() {
  const able = "BarcodeDetector" in window ? await window.BarcodeDetector.getSupportedFormats() : [];
  return able.includes("qr_code") ? byBrowser() : byScript();
}

function byBrowser() {
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  // A frame the browser stumbles over is followed by the next.
  return async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue ?? "";
}

async function byScript() {
  await load(document.querySelector("script[data-reader]").dataset.reader);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = video.videoWidth * scale;
    canvas.height = video.videoHeight * scale;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.readQr(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? "";
  };
}

function load(address) {
  if (window.readQr) return undefined;
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
}
