// Somebody whom nobody has written down: name, year, village, the words of consent, half a minute.
// Who may be the same person is shown while one types; a human decides. What is half typed stays
// until it is kept or emptied, whatever else is looked at meanwhile.

import { problemOf, scanner, signal } from "./camera.js";
import { readCard } from "./idcard.js";
import { likely, readName, readYear } from "./names.js";
import { fill } from "./words.js";

const SOME = 5;
const FIELDS = ["name", "year", "village", "sex", "phone", "consent"];

/** @type {{store: any, session: any, say: Function, go: Function, words: DOMStringMap}} */
let tools;
/** @type {HTMLElement} */
let box;
/** @type {Record<string, HTMLInputElement>} */
const field = {};
/** @type {(() => void) | null} */
let stop = null;
let isStarting = false;
let isWanted = false;
let isSaving = false;
/** The evening for which something is half typed. @type {number | null} */
let evening = null;

const find = (name) => box.querySelector(`[data-${name}]`);
const thisYear = () => Number(new Intl.DateTimeFormat("en", { timeZone: "Asia/Ho_Chi_Minh", year: "numeric" }).format(Date.now()));

export function open(root, given) {
  tools = given;
  if (!box) begin(root);
  offer();
  if (evening !== tools.session.id && !field.name.value) empty();
  evening = tools.session.id;
  look();
}

export function close() {
  darken();
}

function begin(root) {
  box = root.querySelector("[data-arrive]");
  for (const name of FIELDS) field[name] = box.querySelector(`#arrive-${name}`);
  const form = find("form");
  form.oninput = (event) => {
    // What is being mended is no longer wrong.
    right(event.target.id.replace("arrive-", ""));
    look();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    write();
  };
  find("start").onclick = scan;
  find("stop").onclick = darken;
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") darken(); });
}

/** The villages of this evening's commune; what was chosen stays chosen. */
function offer() {
  const chosen = field.village.value;
  const [first] = field.village.options;
  field.village.replaceChildren(first, ...tools.store.villages().map(([id, name]) => new Option(name, String(id))));
  field.village.value = chosen;
}

function empty() {
  find("form").reset();
  field.village.value = String(tools.session.village_default ?? "");
  for (const name of FIELDS) right(name);
  look();
}

// --- while one types ------------------------------------------------------------------

function look() {
  const words = box.dataset;
  const year = thisYear();
  const born = readYear(field.year.value, year);
  find("understood").textContent = born.year
    ? fill(born.about ? words.bornAbout : words.born, { year: born.year, age: year - born.year })
    : "";
  const found = known(born).slice(0, SOME);
  find("likely").hidden = !found.length;
  const said = JSON.stringify(found.map(({ id, status }) => [id, status]));
  if (find("people").dataset.said !== said) {
    find("people").dataset.said = said;
    find("people").replaceChildren(...found.map(rowOf));
  }
  find("save-words").textContent = found.length ? words.saveNew : words.save;
}

/** Everybody known here, the newcomers of this phone among them, who may be the one described. */
function known({ year, about }) {
  const { store } = tools;
  const everybody = new Map([...store.neighbours(), ...store.people()].map((person) => [person.id, person]));
  for (const line of store.evening().lines) everybody.set(line.id, line);
  return likely({ name: field.name.value, year, about, village: Number(field.village.value) }, [...everybody.values()]);
}

function rowOf(person) {
  const words = box.dataset;
  const row = find("person").content.firstElementChild.cloneNode(true);
  const line = tools.store.line(person.id);
  row.querySelector("strong").textContent = person.name;
  row.querySelector(".meta").textContent = [
    person.year && (person.about ? fill(words.about, { year: person.year }) : person.year),
    tools.store.villageName(person.village),
    line && (line.isNew ? words.new : tools.store.hasCome(line) ? words.here : words.listed),
  ].filter(Boolean).join(" · ");
  row.querySelector(".visually-hidden").textContent = `: ${person.name}`;
  row.querySelector("button").onclick = () => welcome(person);
  return row;
}

async function welcome(person) {
  const line = tools.store.line(person.id);
  if (!line || !tools.store.hasCome(line)) {
    if (!(await keep(() => tools.store.act.mark(person.id, "present", "tap")))) return;
  }
  empty();
  tools.say(fill(box.dataset.welcomed, { name: person.name }), "good");
}

// --- writing down ----------------------------------------------------------------------

async function write() {
  const { name, problem } = readName(field.name.value);
  const born = readYear(field.year.value, thisYear());
  const wrong = [
    problem && ["name", problem],
    born.problem && ["year", born.problem],
    !field.village.value && ["village", "village"],
    !field.consent.checked && ["consent", "consent"],
  ].filter(Boolean);
  for (const name_ of FIELDS) right(name_);
  for (const [where, what] of wrong) refuse(where, what);
  if (wrong.length) return field[wrong[0][0]].focus();
  // Two taps on the button are one person.
  if (isSaving) return undefined;
  isSaving = true;
  const isKept = await keep(() => tools.store.act.arrive({
    name,
    year: born.year,
    about: born.about,
    village: Number(field.village.value),
    sex: field.sex.value,
    phone_kind: field.phone.value,
    consent: "spoken",
  }));
  isSaving = false;
  if (!isKept) return undefined;
  empty();
  tools.say(fill(box.dataset.saved, { name }), "good");
  return scrollTo(0, 0);
}

/** @param {() => Promise<unknown>} act */
async function keep(act) {
  try {
    await act();
    return true;
  } catch {
    tools.say(tools.words.unkept, "bad");
    return false;
  }
}

function refuse(where, what) {
  const part = find(`field="${where}"`);
  const words = { name_length: "nameLength", name_signs: "nameSigns", citizen_number: "citizenNumber", birth_year: "birthYear" }[what] || what;
  const error = part.querySelector(".field-error");
  error.replaceChildren(find("wrong").content.cloneNode(true));
  error.querySelector("li").textContent = box.dataset[words];
  error.hidden = false;
  part.classList.add("has-error");
  field[where].setAttribute("aria-invalid", "true");
}

function right(where) {
  const part = find(`field="${where}"`);
  if (!part) return;
  part.querySelector(".field-error").hidden = true;
  part.classList.remove("has-error");
  field[where].removeAttribute("aria-invalid");
}

// --- the code on a chip card -------------------------------------------------------------

async function scan() {
  if (stop || isStarting) return;
  isStarting = isWanted = true;
  tell("");
  try {
    stop = await scanner(find("video"), fillIn);
    if (!isWanted) return darken();
    find("camera").hidden = false;
    find("start").hidden = true;
  } catch (error) {
    tell(box.dataset[problemOf(error)]);
  } finally {
    isStarting = false;
  }
  return undefined;
}

/** @param {string} text goes no further than readCard */
function fillIn(text) {
  const card = readCard(text, tools.store.villages(), thisYear());
  if (!card) return tell(box.dataset.notACard);
  darken();
  signal(true);
  field.name.value = card.name;
  field.year.value = String(card.year);
  if (card.sex) field.sex.value = card.sex;
  if (card.village) field.village.value = String(card.village);
  tell([box.dataset.read, !card.village && box.dataset.villageUnknown].filter(Boolean).join(" "));
  for (const name of FIELDS) right(name);
  return look();
}

function tell(words) {
  find("card-says").textContent = words;
  find("card-says").hidden = !words;
}

function darken() {
  isWanted = false;
  stop?.();
  stop = null;
  find("camera").hidden = true;
  find("start").hidden = false;
}
