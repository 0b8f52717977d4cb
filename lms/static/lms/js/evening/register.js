// Tonight's register: who is expected, and one tap for each who came. A tap on a name is "present";
// a tap on somebody already marked, or on "More", opens the four words, the remark and the help at
// home. Nothing is said to be marked before it is on the disk.

import { fill } from "./words.js";

/** @type {{store: any, session: any, say: Function, go: Function, kept: Function, words: DOMStringMap}} */
let tools;
/** @type {HTMLElement} */
let box;
/** @type {Map<string, HTMLElement>} */
const rows = new Map();
let drawer;
let isBegun = false;
/** What can be undone, the latest last. @type {{name: string, session: number, back: () => Promise<void>}[]} */
const done = [];

/** What stands on the page once; two hundred rows are not searched for it with every tap. */
const places = new Map();
function find(name) {
  if (!places.has(name)) places.set(name, box.querySelector(`[data-${name}]`));
  return places.get(name);
}

export function open(root, given) {
  tools = given;
  box = root.querySelector("[data-register]");
  if (!isBegun) begin();
  const { session } = tools;
  const lesson = find("lesson");
  lesson.hidden = !session.lessons.length;
  find("lesson-title").textContent = session.lesson?.title || session.course;
  for (const link of find("links").querySelectorAll("a")) {
    link.href = fill(link.dataset.to, { id: session.id, class: session.class_id });
  }
  draw();
}

function begin() {
  isBegun = true;
  box.addEventListener("click", tapped);
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    remark({ text: event.target.querySelector("input").value });
  });
  find("search").addEventListener("input", search);
  tools.store.on(({ kind, person, session }) => {
    if (!kind || (session !== tools.session?.id && kind !== "actor")) return;
    const line = person && tools.store.line(person);
    if (!line) return;
    if (rows.has(person)) paint(rows.get(person), line);
    else addRow(line);
    total();
  });
}

// --- drawing ----------------------------------------------------------------------

function draw() {
  const { lines } = tools.store.evening();
  const list = find("roll");
  const seen = new Set();
  for (const line of lines) {
    seen.add(line.id);
    if (rows.has(line.id)) paint(rows.get(line.id), line);
    else addRow(line);
  }
  for (const [id, row] of rows) {
    if (seen.has(id)) continue;
    row.remove();
    rows.delete(id);
  }
  find("empty").hidden = lines.length > 0;
  list.hidden = !lines.length;
  total();
}

function addRow(line) {
  const row = find("row").content.firstElementChild.cloneNode(true);
  row.dataset.person = line.id;
  rows.set(line.id, row);
  paint(row, line);
  // Whoever has just come is looked for first.
  if (line.isNew) find("roll").prepend(row);
  else find("roll").append(row);
  find("empty").hidden = true;
  find("roll").hidden = false;
}

function paint(row, line) {
  const said = JSON.stringify([line.name, line.status, line.remark, line.home, line.isDisputed, line.trouble, line.isGuest, line.isNew]);
  if (row.dataset.said === said) return;
  row.dataset.said = said;
  const [main, more] = row.children;
  main.children[0].textContent = line.name;
  main.children[1].textContent = aboutOf(line);
  main.children[2].replaceChildren(find(`word="${line.status}"`).content.cloneNode(true));
  main.setAttribute("aria-pressed", String(tools.store.hasCome(line)));
  row.dataset.status = line.status;
  more.lastElementChild.textContent = `: ${line.name}`;
  if (drawer?.parentElement === row) fillDrawer(line);
}

function aboutOf(line) {
  const { dataset } = box;
  const year = line.year && (line.about ? fill(dataset.about, { year: line.year }) : line.year);
  const parts = [
    line.isNew && dataset.new, line.isGuest && dataset.guest, year,
    // Nearly everybody lives where the class meets.
    line.village !== tools.session.village_default && tools.store.villageName(line.village),
    ...(line.needs || []).map((need) => dataset[need]), line.home && dataset.home, line.remark && `“${line.remark}”`,
    line.isDisputed && dataset.disputed, line.trouble,
  ];
  return parts.filter(Boolean).join(" · ");
}

function total() {
  const { totals } = tools.store.evening();
  const { dataset } = box;
  const words = [
    fill(dataset.totalsWords, totals),
    ...["late", "excused", "absent"].filter((status) => totals[status]).map((status) => `${wordOf(status)} ${totals[status]}`),
    totals.unmarked ? fill(dataset.unmarked, { n: totals.unmarked }) : totals.listed ? dataset.everybody : "",
  ];
  find("totals").textContent = words.filter(Boolean).join(" · ");
  const rest = find("rest-absent");
  rest.hidden = !totals.unmarked || totals.unmarked === totals.listed;
  rest.textContent = fill(dataset.rest, { n: totals.unmarked });
  const last = done.at(-1);
  find("undo").disabled = !last;
  find("undo-of").textContent = last ? `: ${last.name}` : "";
}

const wordOf = (status) => find(`word="${status}"`).content.textContent.trim();

// --- tapping ----------------------------------------------------------------------

function tapped(event) {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-person]");
  if (button.matches("[data-undo]")) undo();
  else if (button.matches("[data-rest-absent]")) markRest();
  else if (button.matches("[data-home-help]")) remark({ home: button.getAttribute("aria-pressed") !== "true" });
  else if (drawer?.contains(button) && "value" in button.attributes) mark(row, button.value);
  else if (button.matches(".roll-more")) toggle(row);
  else if (button.matches(".roll-main")) {
    const line = tools.store.line(row.dataset.person);
    if (line?.status) toggle(row);
    else mark(row, "present");
  }
}

async function mark(row, status) {
  const { person } = row.dataset;
  const before = tools.store.line(person)?.status || "";
  const { name } = tools.store.find(person);
  const { session } = tools;
  close();
  if (!(await tools.kept(row, () => tools.store.act.mark(person, status)))) return;
  done.push({ name, session: session.id, back: () => tools.store.act.mark(person, before) });
  total();
  if (row.closest("[data-neighbours]")) clearSearch();
}

async function markRest() {
  const { lines } = tools.store.evening();
  const people = lines.filter(({ status }) => !status).map(({ id }) => id);
  const all = async (status) => {
    for (const person of people) await tools.store.act.mark(person, status);
  };
  if (!(await tools.kept(null, () => all("absent")))) return;
  done.push({ name: wordOf("absent"), session: tools.session.id, back: () => all("") });
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

// --- more about one person ----------------------------------------------------------

function toggle(row) {
  if (drawer?.parentElement === row) return close();
  drawer ||= find("drawer").content.firstElementChild.cloneNode(true);
  close();
  const line = tools.store.line(row.dataset.person);
  row.append(drawer);
  row.querySelector(".roll-more").setAttribute("aria-expanded", "true");
  fillDrawer(line);
  drawer.querySelector("input").value = line.remark;
  drawer.querySelector(".choices").setAttribute("aria-label", line.name);
  requestAnimationFrame(() => row.scrollIntoView({ block: "nearest" }));
}

function fillDrawer(line) {
  for (const choice of drawer.querySelectorAll(".choices button")) {
    choice.setAttribute("aria-pressed", String(choice.value === line.status));
  }
  drawer.querySelector("[data-back-mark]").hidden = !line.status;
  drawer.querySelector("[data-home-help]").setAttribute("aria-pressed", String(line.home));
  const trouble = drawer.querySelector("[data-trouble]");
  trouble.hidden = !line.trouble;
  trouble.textContent = line.trouble;
}

function close() {
  const row = drawer?.parentElement;
  if (!row) return;
  row.querySelector(".roll-more").setAttribute("aria-expanded", "false");
  drawer.remove();
}

async function remark(changes) {
  const row = drawer.parentElement;
  const line = tools.store.line(row.dataset.person);
  const before = { text: line.remark, home: line.home };
  const now = { text: drawer.querySelector("input").value, home: line.home, ...changes };
  if (now.text.trim() === before.text && now.home === before.home) return close();
  if (!(await tools.kept(row, () => tools.store.act.remark(line.id, now)))) return;
  done.push({ name: line.name, session: tools.session.id, back: () => tools.store.act.remark(line.id, before) });
  total();
  if ("text" in changes) close();
}

// --- finding somebody ----------------------------------------------------------------

const SOME = 6;

function search() {
  const words = tools.store.fold(find("search").value).split(" ").filter(Boolean);
  const isCalled = ({ words: spoken }) => words.every((word) => spoken.startsWith(word) || spoken.includes(` ${word}`));
  let found = 0;
  for (const [person, row] of rows) {
    const line = tools.store.line(person);
    row.hidden = words.length > 0 && !isCalled(line);
    if (!row.hidden) found += 1;
  }
  const others = words.length ? elsewhere().filter(isCalled).slice(0, SOME) : [];
  find("nobody").hidden = found > 0 || !words.length;
  find("elsewhere").hidden = !others.length;
  find("neighbours").replaceChildren(...others.map((person) => {
    const row = find("neighbour").content.firstElementChild.cloneNode(true);
    row.dataset.person = person.id;
    row.querySelector(".roll-name").textContent = person.name;
    row.querySelector(".roll-about").textContent = aboutOf({ ...person, needs: [] });
    return row;
  }));
}

/** Known people who do not stand on this register: of other evenings, and neighbours. */
const elsewhere = () => [...tools.store.people(), ...tools.store.neighbours()].filter(({ id }) => !rows.has(id));

function clearSearch() {
  find("search").value = "";
  search();
}
