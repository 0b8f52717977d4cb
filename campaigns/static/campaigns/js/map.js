// The slider of the map: says which day it stands on, asks for that day, and plays all of them.
// Without this file the form is sent by its button.

const form = document.querySelector("[data-map-controls]");
const range = form?.querySelector("input[type=range]");
const words = form?.querySelector("[data-day-words]");
const play = form?.querySelector("[data-play]");

if (form) form.querySelector("[data-show]").hidden = true;

function say() {
  const day = Number(range.value);
  if (day === Number(range.max)) {
    words.textContent = words.dataset.today;
  } else {
    const date = new Date(`${range.dataset.first}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + day - 1);
    const on = new Intl.DateTimeFormat(document.documentElement.lang, {
      day: "2-digit", month: "2-digit", year: "numeric", timeZone: "UTC",
    }).format(date);
    words.textContent = `${words.dataset.words.replace("#", day)} · ${on}`;
  }
  range.setAttribute("aria-valuetext", words.textContent);
}

// A moment after the last move of the thumb: a hundred days are not a hundred questions.
let asking = 0;
function ask(delay = 150) {
  clearTimeout(asking);
  asking = setTimeout(() => form.dispatchEvent(new Event("day")), delay);
}

let playing = false;
const label = play?.querySelector("span");
const name = label?.textContent;

function stop() {
  playing = false;
  label.textContent = name;
}

function step() {
  const day = Math.min(Number(range.max), Number(range.value) + Number(play.dataset.stride));
  range.value = String(day);
  say();
  ask(0);
  if (day === Number(range.max)) stop();
}

if (range) {
  say();
  // Today is "now": the address shall not mean a past day tomorrow.
  form.addEventListener("htmx:configRequest", (event) => {
    if (range.value === range.max) delete event.detail.parameters.day;
  });
  range.addEventListener("input", () => {
    if (playing) stop();
    say();
    ask();
  });
  // The form itself listens for "change"; the thumb has asked already.
  range.addEventListener("change", (event) => event.stopPropagation());

  play.hidden = false;
  play.addEventListener("click", () => {
    if (playing) return stop();
    playing = true;
    label.textContent = play.dataset.stop;
    if (range.value === range.max) range.value = range.min;
    say();
    ask(0);
  });
  // The next day when the one before stands on the screen, and an eye has had time to see it.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (playing && event.target.id === "coverage-live") setTimeout(() => playing && step(), 350);
  });
  document.body.addEventListener("htmx:sendError", () => playing && stop());
  document.body.addEventListener("htmx:responseError", () => playing && stop());
}
