// Maps: numbered points and a route line; tiles only where the city has named a server.
import L from "leaflet";

// From so many points on the markers are drawn smaller.
const MANY = 12;

function popup(point) {
  const box = document.createElement("div");
  const name = document.createElement(point.href ? "a" : "strong");
  name.textContent = point.label;
  if (point.href) name.href = point.href;
  box.append(name);
  if (point.text) {
    const text = document.createElement("p");
    text.textContent = point.text;
    box.append(text);
  }
  return box;
}

function marker(point, number, small) {
  const sign = document.createElement("span");
  sign.className = small ? "it-map__number it-map__number--small" : "it-map__number";
  sign.textContent = number;
  return L.marker([point.lat, point.lon], {
    icon: L.divIcon({ html: sign, className: "", iconSize: small ? [24, 24] : [36, 36], popupAnchor: [0, -12] }),
    title: point.label,
    // Markers may lie on each other; for keys and screen readers the same points stand in the list beside.
    keyboard: false,
  }).bindPopup(popup(point));
}

function draw(element) {
  const { points, line, tiles, attribution } = JSON.parse(element.dataset.map);
  const map = L.map(element, { scrollWheelZoom: false, attributionControl: Boolean(attribution), zoomControl: false });
  map.attributionControl?.setPrefix(false);
  L.control.zoom({ zoomInTitle: "Näher heran", zoomOutTitle: "Weiter weg" }).addTo(map);
  if (tiles) L.tileLayer(tiles, { attribution: attribution ?? "", maxZoom: 19 }).addTo(map);
  if (line.length) L.polyline(line, { className: "it-map__route", interactive: false }).addTo(map);
  points.forEach((point, index) => marker(point, point.number ?? index + 1, points.length > MANY).addTo(map));
  const all = [...points.map(({ lat, lon }) => [lat, lon]), ...line];
  if (all.length) map.fitBounds(L.latLngBounds(all).pad(0.15), { maxZoom: 15 });
}

document.querySelectorAll("[data-map]").forEach(draw);
