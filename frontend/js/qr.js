// Fetched only by browsers that cannot read QR codes themselves (frontend/js/codes.js).
import jsQR from "jsqr";

window.readQr = jsQR;
