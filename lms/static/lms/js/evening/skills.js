// What people can do of a lesson, as the volunteer sees it: one tap each, which can be undone. The
// lesson of the evening comes first, and who is here; the others with one more tap. In the same
// list the results of questions that were answered on paper.

import { fill } from "./words.js";

/** @type {{store: any, session: any, say: Function, go: Function, kept: Function, words: DOMStringMap}} */
let tools;
/** @type {HTMLElement} */
let box;
/** @type {Map<string, HTMLElement>} */
const rows = new Map();
/** What can be undone, the latest last. @type {{name: string, session: number, back: () => Promise<void>}[]} */
const done = [];
let lesson = null;
let of = 0;
let way = "skill";
let isEverybody = false;
let isBegun = false;

const find = (name) => box.querySelector(`[data-${name}]`);

export function open(root, given) {
  const isOther = tools?.session.id !== given.session.id;
  tools = given;
  box = root.querySelector("[data-skills]");
  if (!isBegun) begin();
  const { lessons, lesson: tonight } = tools.session;
  if (isOther || !lessons.some(({ id }) => id === lesson?.id)) {
    lesson = lessons.find(({ id }) => id === tonight?.id) || lessons[0] || null;
    isEverybody = false;
  }
  find("lesson").replaceChildren(...lessons.map(({ id, title }) => new Option(title, String(id), false, id === lesson?.id)));
  draw();
}

function begin() {
  isBegun = true;
  find("lesson").addEventListener("change", ({ target }) => {
    lesson = tools.session.lessons.find(({ id }) => String(id) === target.value);
    draw();
  });
  box.addEventListener("click", tapped);
  tools.store.on(({ person, session }) => {
    if (!person || session !== tools.session?.id || !rows.has(person)) return;
    paint(rows.get(person), tools.store.line(person));
    total();
  });
}

// --- drawing ----------------------------------------------------------------------

function shown() {
  const { lines } = tools.store.evening();
  const here = lines.filter(tools.store.hasCome);
  return isEverybody || !here.length ? lines : here;
}

function draw() {
  of = lesson?.asks || 0;
  if (!of) way = "skill";
  const ways = box.querySelector(".skills-ways");
  ways.hidden = !of;
  for (const button of ways.children) button.setAttribute("aria-pressed", String(button.value === way));
  find("paper-words").hidden = way !== "paper";
  rows.clear();
  find("roll").replaceChildren(...(lesson ? shown() : []).map((line) => {
    const row = find(way === "paper" ? "paper-row" : "row").content.firstElementChild.cloneNode(true);
    row.dataset.person = line.id;
    row.querySelector("strong").textContent = line.name;
    row.querySelector("[role=group]").setAttribute("aria-label", line.name);
    if (way === "paper") row.querySelector(".skill-right").append(...Array.from({ length: of + 1 }, (_none, n) => numberOf(n)));
    rows.set(line.id, row);
    paint(row, line);
    return row;
  }));
  const { lines } = tools.store.evening();
  const here = lines.filter(tools.store.hasCome).length;
  find("nobody").hidden = here > 0;
  find("whom").hidden = !here || here === lines.length;
  find("whom").textContent = isEverybody ? fill(box.dataset.present, { n: here }) : fill(box.dataset.all, { n: lines.length });
  total();
}

function numberOf(n) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "choice", value: String(n), textContent: String(n) });
  button.setAttribute("aria-pressed", "false");
  return button;
}

function paint(row, line) {
  const right = line.papers[lesson.id];
  row.querySelector(".roll-about").textContent = [
    box.dataset[line.phone], ...(line.needs || []).map((need) => box.dataset[need]),
    right === undefined ? "" : fill(box.dataset.right, { n: right, of }), line.trouble,
  ].filter(Boolean).join(" · ");
  if (way === "paper") return;
  for (const choice of row.querySelectorAll("button")) {
    choice.setAttribute("aria-pressed", String(choice.value === line.skills[lesson.id]));
  }
}

function total() {
  const lines = lesson ? shown() : [];
  // What was answered on paper cannot be undone, so nothing is offered.
  find("undo").hidden = way === "paper";
  const able = lines.filter(({ skills }) => ["alone", "done"].includes(skills[lesson.id])).length;
  find("totals").textContent = lesson ? fill(box.dataset.summary, { n: able, of: lines.length }) : "";
  const last = done.at(-1);
  find("undo").disabled = !last || last.session !== tools.session.id;
  find("undo-of").textContent = last ? `: ${last.name}` : "";
}

// --- tapping ----------------------------------------------------------------------

function tapped(event) {
  const button = event.target.closest("button");
  if (!button) return undefined;
  const row = button.closest("[data-person]");
  if (button.matches("[data-undo]")) return undo();
  if (button.matches("[data-keep]")) return keepPaper(row);
  if (row) return way === "paper" ? choose(row, button) : see(row, button.value);
  if (button.matches("[data-whom]")) isEverybody = !isEverybody;
  else way = button.value;
  return draw();
}

async function see(row, level) {
  const { person } = row.dataset;
  const { name, skills } = tools.store.line(person);
  const { id } = lesson;
  const before = skills[id] || "";
  if (level === before) return;
  if (!(await tools.kept(row, () => tools.store.act.skill(person, id, level)))) return;
  done.push({ name, session: tools.session.id, back: () => tools.store.act.skill(person, id, before) });
  total();
}

async function undo() {
  const last = done.pop();
  if (!last) return;
  find("undo").disabled = true;
  if (await tools.kept(null, last.back)) tools.say(fill(box.dataset.undone, { name: last.name }));
  else done.push(last);
  total();
}

/** A number is only chosen by a tap: what was passed on paper cannot be taken back. */
function choose(row, button) {
  for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
  const keep = row.querySelector("[data-keep]");
  keep.hidden = false;
  keep.value = button.value;
  keep.querySelector("span").textContent = fill(find("keep-words").content.textContent, { n: button.value, of });
}

async function keepPaper(row) {
  const { person } = row.dataset;
  const keep = row.querySelector("[data-keep]");
  keep.disabled = true;
  const isKept = await tools.kept(row, () => tools.store.act.paper({ person, lesson: lesson.id, right: Number(keep.value) }));
  keep.disabled = false;
  if (!isKept) return;
  keep.hidden = true;
  for (const other of row.querySelectorAll(".skill-right button")) other.setAttribute("aria-pressed", "false");
}
