// A volunteer's evening on the phone in hand: one page for all of it, filled from the phone's own
// disk (store.js). Each section is an element of the page and a module of its own:
//
//   open(root, tools)   each time it is shown; tools = {store, session, say, go, kept, words}
//   close(root)         where something has to end, such as a camera
//
// The address tells which evening: /progress/sessions/<id>/register/, given by the worker; at any
// other there is the list of what is on this phone.

import { begin as send } from "../outbox.js";
import { tend } from "./moving.js";
import { mount } from "./sign.js";
import * as store from "./store.js";
import { fill, sayDay, sayHour, sayTime } from "./words.js";

const AN_EVENING = /^\/progress\/sessions\/(\d+)\/register\/$/;
const REFRESH = 3 * 60 * 1000;
// As on the server: progress.services.marking.DOORS_OPEN.
const DOORS_OPEN = 2 * 60 * 60 * 1000;

const SECTIONS = {
  register: () => import("./register.js"),
  arrive: () => import("./arrive.js"),
  scan: () => import("./scan.js"),
  skills: () => import("./skills.js"),
  note: () => import("./note.js"),
  class: () => import("./class.js"),
  unsent: () => import("./unsent.js"),
  handover: () => import("./handover.js"),
  takeover: () => import("./takeover.js"),
  nobody: () => import("./nobody.js"),
};
// What belongs to the phone and to no evening; without a volunteer whose phone it is, "nobody".
const ANYWHERE = ["unsent", "handover", "takeover"];

const page = document.querySelector("[data-evening]");
const words = page.dataset;
const find = (name) => page.querySelector(`[data-${name}]`);

/** Store something; a row that waits for the disk says so, and nothing is done before it is. */
async function kept(row, work) {
  row?.setAttribute("aria-busy", "true");
  try {
    await work();
    return true;
  } catch {
    say(words.unkept, "bad");
    return false;
  } finally {
    row?.removeAttribute("aria-busy");
  }
}

/** Say something for a moment. @param {string} text @param {"info" | "good" | "warn" | "bad"} [kind] */
function say(text, kind = "info") {
  const note = find(`notice="${kind}"`).content.cloneNode(true);
  note.querySelector("p").textContent = text;
  find("say").replaceChildren(note);
}

const go = (hash) => { location.hash = hash; };

// --- what stands above each section ----------------------------------------------

function head() {
  const known = store.evening();
  find("head").hidden = !known;
  if (!known) return;
  const { session, age } = known;
  document.title = `${session.class} · Trăm Ngày`;
  find("class").textContent = session.class;
  find("when").textContent = [sayDay(session.starts), sayHour(session.starts), session.venue].filter(Boolean).join(" · ");
  const actor = store.actor();
  find("age-line").textContent = [
    age && fill(words.age, { time: sayTime(age) }),
    actor && fill(words.as, { name: actor.name }),
  ].filter(Boolean).join(" · ");
  find("states").replaceChildren(...statesOf(session).map(([kind, text]) => {
    const note = find(`notice="${kind}"`).content.cloneNode(true);
    note.querySelector("p").textContent = text;
    return note;
  }));
}

/** What has become of an evening, and what happens to what is marked now. */
function statesOf(session) {
  const said = [];
  if (session.state === "cancelled") said.push(["bad", [words.cancelled, session.because].filter(Boolean).join(" ")]);
  else if (session.closed) said.push(["warn", words.closed]);
  else if (Date.now() < session.starts - DOORS_OPEN) said.push(["info", words.early]);
  if (session.moved_from && session.state !== "cancelled") said.push(["info", fill(words.moved, { when: `${sayDay(session.moved_from)}, ${sayHour(session.moved_from)}` })]);
  if (session.held) said.push(["warn", fill(words.held, { n: session.held })]);
  return said;
}

// --- the list ---------------------------------------------------------------------

function list() {
  const all = store.sessions();
  const today = sayDay(Date.now());
  // What is past comes last, and on each day one's own classes first.
  const isPast = ({ starts }) => starts < Date.now() && sayDay(starts) !== today;
  const isOwn = ({ instructors }) => instructors.some(({ id }) => id === store.volunteer().id);
  const sorted = [...all].sort((a, b) => isPast(a) - isPast(b) || (sayDay(a.starts) === sayDay(b.starts) ? isOwn(b) - isOwn(a) : 0) || a.starts - b.starts);
  find("offline-words").hidden = navigator.onLine || !all.length;
  find("none").hidden = all.length > 0;
  const days = Map.groupBy ? Map.groupBy(sorted, ({ starts }) => sayDay(starts)) : new Map([["", sorted]]);
  find("evenings").replaceChildren(...[...days].map(([day, sessions]) => {
    const block = find("evening-day").content.cloneNode(true);
    block.querySelector("h2").textContent = day === today ? fill(words.today, { day }) : day;
    block.querySelector("ul").append(...sessions.map((session) => card(session, isOwn(session))));
    return block;
  }));
}

function card(session, isOwn) {
  const row = find("evening-card").content.cloneNode(true);
  const link = row.querySelector("a");
  link.href = `/progress/sessions/${session.id}/register/`;
  link.textContent = `${sayHour(session.starts)} · ${session.class}`;
  const state = session.state === "cancelled" ? words.shortCancelled : session.closed && words.shortClosed;
  row.querySelector("[data-what]").textContent = [session.venue, session.lesson?.title, state].filter(Boolean).join(" · ");
  row.firstElementChild.classList.toggle("is-accent", isOwn);
  return row;
}

// --- moving about -------------------------------------------------------------------

/** @type {{name: string, root: Element, module: any} | null} */
let shown = null;

async function show() {
  const id = Number(AN_EVENING.exec(location.pathname)?.[1]) || 0;
  store.open(id);
  const known = store.evening();
  const wish = location.hash.slice(1).split("/")[0];
  let name = wish in SECTIONS ? wish : "register";
  if (ANYWHERE.includes(name) && !store.volunteer()) {
    // What stood on the screen goes with whoever it was meant for.
    if (ANYWHERE.includes(shown?.name)) return location.reload();
    name = "nobody";
  } else if (name === "nobody") {
    name = "list";
  }
  if (wish === "list" || (!known && ![...ANYWHERE, "nobody"].includes(name))) name = "list";
  if (shown && shown.name !== name) shown.module?.close?.(shown.root);
  const module = SECTIONS[name] ? await SECTIONS[name]() : null;
  for (const section of page.querySelectorAll("[data-section]")) section.hidden = section.dataset.section !== name;
  const root = page.querySelector(`[data-section="${name}"]`);
  page.hidden = false;
  document.body.dataset.section = name;
  const isMain = name === "register" || name === "list";
  find("back").hidden = isMain;
  find("back").querySelector("a").href = known ? "#register" : "#list";
  if (name === "list") list();
  head();
  if (name === "list") find("head").hidden = true;
  const isNew = shown?.name !== name;
  if (isNew) find("say").replaceChildren();
  shown = { name, root, module };
  module?.open(root, { store, session: known?.session || null, say, go, kept, words });
  if (isNew) scrollTo(0, 0);
  return undefined;
}

async function refresh() {
  if (document.visibilityState !== "visible") return;
  const state = await store.refresh().catch(() => "offline");
  if (state !== "login") return;
  await tend(store).catch(() => {});
  say(words.login, "warn");
}

async function run() {
  await store.load();
  store.begin();
  await show();
  addEventListener("hashchange", show);
  store.on(({ kind, person }) => {
    // What was noted about one person changes that person's line, not the page.
    if (kind && kind !== "actor") return undefined;
    head();
    // Whoever is writing or scanning is not disturbed by a newer list.
    const isOverview = ["register", "list", "nobody"].includes(shown?.name);
    return person === undefined && !kind && (isOverview || !store.volunteer()) ? show() : undefined;
  });
  await mount(store, document.querySelector("[data-sign]")).catch(() => {});
  send();
  addEventListener("online", refresh);
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, REFRESH);
  refresh();
}

run();
