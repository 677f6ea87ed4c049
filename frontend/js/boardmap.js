// The map beside the board: one line and one colour for each person, a day at a time.
import L from "leaflet";

const SIZE = { plain: 4, chosen: 8 };

/** Draw the map; `show(subject)` follows what is chosen. */
export function boardMap(board, subject, choose) {
  const element = board.querySelector("[data-board-map]");
  const words = board.querySelector("[data-map-words]");
  const places = JSON.parse(board.dataset.places);
  const days = [...board.querySelectorAll(".it-plan__day")];
  const people = [...board.querySelectorAll(".it-plan__person")];
  const { tiles } = element.dataset;
  const map = L.map(element, { scrollWheelZoom: false, attributionControl: false, zoomControl: false, zoomSnap: 0.25 });
  L.control.zoom({ zoomInTitle: "Näher heran", zoomOutTitle: "Weiter weg" }).addTo(map);
  if (tiles) L.tileLayer(tiles, { maxZoom: 19 }).addTo(map);
  const drawn = L.layerGroup().addTo(map);
  const picked = L.layerGroup().addTo(map);
  let shown = -1;
  let lines = new Map();

  function stops(person, day) {
    const cell = days[day].querySelector(`.it-cell[data-user="${person.dataset.person}"]`);
    return [...cell.querySelectorAll(".it-v")].filter((one) => places[subject(one).site]);
  }

  function draw(day) {
    drawn.clearLayers();
    lines = new Map();
    const all = [];
    for (const person of people) {
      const route = stops(person, day);
      if (!route.length) continue;
      const base = person.dataset.base.split(",").map(Number);
      const points = [base, ...route.map((one) => places[subject(one).site]), base];
      const look = `it-look it-look--${person.dataset.look}`;
      const line = L.polyline(points, { className: look, interactive: false }).addTo(drawn);
      lines.set(person.dataset.person, line);
      for (const one of route) {
        const dot = L.circleMarker(places[subject(one).site], { radius: SIZE.plain, className: `it-dot ${look}` });
        dot.bindTooltip(`${one.querySelector("a").title}, ${person.dataset.name}`);
        dot.on("click", () => choose(one)).addTo(drawn);
      }
      all.push(...points);
    }
    if (all.length) map.fitBounds(L.latLngBounds(all).pad(0.05), { maxZoom: 14, animate: false });
    else map.setView([51.51, 7.46], 11);
    shown = day;
  }

  function say(text) {
    words.textContent = text;
  }

  function show(found) {
    const day = found?.cell ? days.indexOf(found.cell.closest(".it-plan__day")) : Math.max(shown, 0);
    if (day !== shown) draw(day);
    picked.clearLayers();
    const mine = found?.cell?.dataset.user;
    lines.forEach((line, person) => line.setStyle({ opacity: !mine || person === mine ? 1 : 0.2 }));
    lines.get(mine)?.bringToFront();
    const date = days[day].querySelector(".it-plan__head").dataset.long;
    const place = found && places[found.site];
    if (!place) {
      say(`${date}: ${lines.size} ${lines.size === 1 ? "Person" : "Personen"} unterwegs.`);
      return;
    }
    L.circleMarker(place, { radius: SIZE.chosen, className: "it-dot it-dot--chosen", interactive: false }).addTo(picked);
    map.panInside(place, { padding: [40, 40], animate: false });
    const name = found.element.querySelector("a").title;
    const who = mine ? people.find((one) => one.dataset.person === mine).dataset.name : "noch nicht geplant";
    say(`${date}: ${name}, ${who}.`);
  }

  const today = days.findIndex((day) => day.querySelector(".it-plan__head--today"));
  if (days.length && people.length) {
    draw(Math.max(today, 0));
    show(null);
  } else {
    map.setView([51.51, 7.46], 11);
    say("Niemand ist unterwegs.");
  }
  return { show: days.length && people.length ? show : () => {} };
}
