// Find the nearest communes with classes. The phone measures by itself against a public list;
// where it is leaves it at no time.

const SHOWN = 4;
const EARTH_KM = 6371;

function kilometres(a, b) {
  const rad = Math.PI / 180;
  const x = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  const y = (b.lat - a.lat) * rad;
  return Math.hypot(x, y) * EARTH_KM;
}

export function nearest(here, places, shown = SHOWN) {
  return places
    .map((place) => ({ ...place, km: kilometres(here, place) }))
    .sort((a, b) => a.km - b.km)
    .slice(0, shown);
}

function whereAmI() {
  return new Promise((found, refused) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => found({ lat: coords.latitude, lon: coords.longitude }),
      refused,
      { maximumAge: 600000, timeout: 20000 },
    );
  });
}

function show(list, places) {
  list.replaceChildren(
    ...places.map((place) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `?commune=${place.id}#near`;
      link.textContent = place.name.charAt(0).toUpperCase() + place.name.slice(1);
      const far = document.createElement("span");
      far.className = "meta";
      far.textContent = ` ${place.km < 1 ? "< 1" : Math.round(place.km)} km`;
      item.append(link, far);
      return item;
    }),
  );
  list.hidden = !places.length;
}

const button = document.querySelector("[data-near]");
if (button && "geolocation" in navigator) {
  const said = document.querySelector("[data-near-said]");
  const list = document.querySelector("[data-near-found]");
  button.hidden = false;
  document.querySelector("[data-near-note]").hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = said.dataset.looking;
    try {
      const [here, answer] = await Promise.all([whereAmI(), fetch(button.dataset.near)]);
      const { places } = await answer.json();
      show(list, nearest(here, places));
      said.textContent = places.length ? "" : said.dataset.nothing;
    } catch {
      said.textContent = said.dataset.refused;
    }
  });
}
