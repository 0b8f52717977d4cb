// What this phone knows of its volunteer's evenings, and what is noted on it: with or without
// network it is the same. A bundle of the server's (progress/reports/evenings.py) is kept on the
// disk; over it lies what was noted here since, until a later bundle contains it.
//
//   load()            read the disk; → whether there are evenings on this phone
//   open(id)          this is the evening that is looked at; act.… note down for it
//   evening(id)       → {session, lines, notes, totals, age}; lines in the order of the register
//   people(), neighbours(), find(id)   who is known here: of all kept evenings, and beside them
//   act.mark(person, status, how)      present, late, excused, absent, "" takes it back
//   act.remark(person, {text, home}), act.note(text), act.skill(person, lesson, level)
//   act.arrive({name, year, about, village, sex, phone_kind, consent})  → the newcomer's uuid
//   act.paper({attempt, person, lesson, right}), act.screen({lesson, screen, note})
//   act.record(kind, fields)
//   staff(), actor(), setActor(id)     who may have this phone in hand, and who has
//   refresh()         fetch a new bundle; → "ok", "login", "offline", "busy"
//   on(change)        be told {kind, person, session} after each note, {} after anything else
//   forget(who)       take everything about an account from this phone but what is unsent
//
// Whatever act.… notes is in the outbox, on the disk, when its promise is kept; not before may a
// screen say so.

import { asked, flush, items, keep, kept, put, transact, watch } from "../outbox.js";

const BUNDLE = "/progress/evenings/";
const PATIENCE = 20000;
// Without a word from the server for so long, nobody's names stay on a phone.
const KEPT = 14 * 24 * 60 * 60 * 1000;
const CAME = ["present", "late"];

/**
 * @typedef {{who: string, id: number, name: string, language: string}} Volunteer
 *   the account that this phone works for, kept("volunteer")
 * @typedef {{id: string, name: string, words: string, year: number | null, about: boolean,
 *   village: number, cards: {secret: string, code: string, isRevoked: boolean}[]}} Person
 * @typedef {Person & {status: string, mark: string | null, base?: string | null, isDisputed: boolean,
 *   isGuest: boolean, isNew: boolean, needs: string[], phone: string, remark: string, home: boolean,
 *   skills: Record<number, string>, papers: Record<number, number>, at: number | null,
 *   isUnsent: boolean, trouble: string}} Line
 * @typedef {{id: number, starts: number, minutes: number, state: string, because: string,
 *   moved_from: number | null, closed: boolean, class: string, class_id: number, venue: string,
 *   place: number, course: string, lesson: any, lessons: any[], instructors: any[], held: number}} Session
 */

const NEEDS = ["large", "hearing", "reading"];

/** @type {Volunteer | null} */
let me = null;
/** Another than the account's owner who has the phone in hand. @type {number | undefined} */
let taken;
/** @type {any} */
let bundle = null;
/** @type {Map<number, {session: Session, lines: Map<string, Line>, notes: any[]}>} */
let book = new Map();
/** @type {Map<string, Person> | null} */
let around = null;
let here = 0;
/** @type {Set<(change: {kind?: string, person?: string, session?: number}) => void>} */
const listeners = new Set();
const channel = self.BroadcastChannel ? new BroadcastChannel("evening") : null;

/** Without accents and capitals, as people type in a hurry. @param {string} text */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/\s+/g, " ").trim();

// --- reading ------------------------------------------------------------------

export async function load() {
  await read();
  if (bundle && Date.now() - bundle.at > KEPT) await forget(me.who);
  else await rebuild();
  return Boolean(bundle);
}

async function read() {
  me = (await kept("volunteer")) || null;
  bundle = me ? await kept(`evenings:${me.who}`) : null;
  taken = me ? await kept(`actor:${me.who}`) : undefined;
}

async function rebuild() {
  around = null;
  book = new Map((bundle?.sessions || []).map((session) => [
    session.id,
    { session, lines: new Map(session.people.map((row) => [row[0], lineOf(row)])), notes: [] },
  ]));
  if (!bundle) return;
  const { who } = me;
  const box = await own();
  const known = (await noted(who)).map(([, entry]) => entry);
  // Somebody else has signed in, or out, meanwhile.
  if (me?.who !== who) return;
  // Whoever has arrived must be there before something is noted about him or her.
  const rank = (entry) => (entry.kind === "arrival" ? 0 : 1);
  for (const entry of [...known, ...box].sort((a, b) => rank(a) - rank(b) || a.at - b.at)) apply(entry);
  flagUnsent(box);
}

const own = async () => (await items()).filter((item) => item.who === me?.who);

/** @returns {Promise<[string, any][]>} what was noted here and is not in the bundle yet */
const noted = (who) => transact("readonly", async (shelf) => {
  const range = IDBKeyRange.bound(`noted:${who}:`, `noted:${who}:\uffff`);
  const [names, entries] = await Promise.all([asked(shelf.getAllKeys(range)), asked(shelf.getAll(range))]);
  return names.map((name, index) => [name, entries[index]]);
});

function personOf([id, name, year, about, village, cards]) {
  return {
    id, name, words: fold(name), year, about: Boolean(about), village,
    cards: (cards || []).map((text) => {
      const isRevoked = text.startsWith("x");
      const plain = isRevoked ? text.slice(1) : text;
      return { secret: plain.slice(0, 16), code: plain.slice(16), isRevoked };
    }),
  };
}

function lineOf([id, name, year, about, village, cards, status, mark, flags, needs, phone, remark, home, skills, at]) {
  return {
    ...personOf([id, name, year, about, village, cards]),
    status, mark,
    isDisputed: Boolean(flags & 1), isGuest: Boolean(flags & 2), isNew: false,
    needs: NEEDS.filter((_need, bit) => needs & (1 << bit)),
    phone, remark, home: Boolean(home),
    skills: Object.fromEntries(Object.entries(skills || {}).map(([lesson, level]) => [lesson, bundle.levels[level][0]])),
    papers: {}, at: at || null, isUnsent: false, trouble: "",
  };
}

/** A line for somebody who came without standing on this register. */
const guest = (person) => ({
  status: "", mark: null, isDisputed: false, isNew: false, needs: [], phone: "", skills: {}, ...person,
  isGuest: true, remark: "", home: false, papers: {}, at: null, isUnsent: false, trouble: "",
  ...(person.isNew ? { isGuest: false } : { status: "", mark: null, base: undefined }),
});

/** Put what was noted over what the bundle says. */
function apply(entry) {
  const here_ = book.get(entry.session);
  if (!here_) return;
  if (entry.kind === "note") {
    if (!here_.notes.some(({ key }) => key === entry.key)) here_.notes.push(entry);
    return;
  }
  let line = here_.lines.get(entry.person);
  if (entry.kind === "arrival") {
    if (line) return;
    line = guest({ ...personOf([entry.person, entry.name, entry.year, entry.about, entry.village, []]), phone: entry.phone_kind || "", isNew: true });
    here_.lines.set(entry.person, line);
    return;
  }
  if (!line) {
    const person = find(entry.person);
    if (!person) return;
    line = guest(person);
    here_.lines.set(entry.person, line);
  }
  if (entry.kind === "mark") {
    if (line.base === undefined) line.base = line.mark;
    Object.assign(line, { status: entry.status, at: entry.at });
  }
  if (entry.kind === "remark") Object.assign(line, { remark: entry.text, home: entry.home });
  if (entry.kind === "skill") line.skills = { ...line.skills, [entry.lesson]: entry.level };
  if (entry.kind === "paper") line.papers = { ...line.papers, [entry.lesson]: entry.right };
}

/** @returns {{session: number, person: string}[]} whose lines say something else than before */
function flagUnsent(box) {
  const waiting = new Map();
  for (const item of box) {
    if (!item.person) continue;
    const name = `${item.session}:${item.person}`;
    waiting.set(name, item.state === "trouble" ? item.says || item.code || "?" : waiting.get(name) || "");
  }
  const changed = [];
  for (const [session, { lines }] of book) {
    for (const [person, line] of lines) {
      const name = `${session}:${person}`;
      const now = { isUnsent: waiting.has(name), trouble: waiting.get(name) || "" };
      if (line.isUnsent !== now.isUnsent || line.trouble !== now.trouble) changed.push({ session, person });
      Object.assign(line, now);
    }
  }
  return changed;
}

// --- asking -------------------------------------------------------------------

/** @param {number} id */
export function open(id) {
  here = id;
}

export function evening(id = here) {
  const found = book.get(id);
  if (!found) return null;
  const lines = [...found.lines.values()];
  const totals = { listed: lines.length, present: 0, late: 0, excused: 0, absent: 0, unmarked: 0, came: 0 };
  for (const { status } of lines) totals[status || "unmarked"] += 1;
  totals.came = totals.present + totals.late;
  return { session: found.session, lines, notes: found.notes, totals, age: age() };
}

/** @returns {Session[]} in the order of their hours */
export const sessions = () => [...book.values()].map(({ session }) => session).sort((a, b) => a.starts - b.starts);

/** When the server told what this phone shows; its clock, not the phone's. */
export const age = () => bundle?.now || null;

export const line = (person, id = here) => book.get(id)?.lines.get(person) || null;

/** Everybody on the registers that are kept; of this evening first. @returns {Line[]} */
export function people() {
  const all = new Map();
  for (const id of [here, ...book.keys()]) {
    for (const [person, known] of book.get(id)?.lines || []) if (!all.has(person)) all.set(person, known);
  }
  return [...all.values()];
}

/** Who lives there and stands on none of the registers. @returns {Person[]} */
export function neighbours() {
  around ||= new Map((bundle?.neighbours || []).map((row) => [row[0], personOf(row)]));
  return [...around.values()];
}

/** @param {string} person @returns {Person | Line | null} */
export function find(person) {
  for (const { lines } of book.values()) if (lines.has(person)) return lines.get(person);
  neighbours();
  return around.get(person) || null;
}

/** @returns {[number, string][]} */
export const villages = () => bundle?.villages || [];
export const villageName = (id) => villages().find(([village]) => village === id)?.[1] || "";
/** @returns {[string, string][]} the ladder of a skill from the bottom: [level, word] */
export const levels = () => bundle?.levels || [];
export const volunteer = () => me;
/** @returns {{id: number, name: string}[]} who may take this phone over */
export const staff = () => bundle?.staff || [];

/** Who has the phone in hand: the account's owner, or whoever has taken it over. */
export function actor() {
  const id = taken || me?.id;
  return staff().find((person) => person.id === id) || (me && { id: me.id, name: me.name });
}

/** @param {number} id */
export async function setActor(id) {
  taken = id === me.id ? undefined : id;
  await keep(`actor:${me.who}`, taken);
  tell({ kind: "actor" });
}

/** In which language the evening speaks. @param {string} language */
export async function speak(language) {
  if (!me || me.language === language) return;
  me = { ...me, language };
  await keep("volunteer", me);
}

export const hasCome = ({ status }) => CAME.includes(status);

// --- noting -------------------------------------------------------------------

/** A newcomer who is kept and not marked yet. @type {{described: string, person: string} | null} */
let half = null;

/** @param {any} entry @returns {string} under which the latest of its kind is kept */
function nameOf({ kind, session, person = "", lesson = "", key = "" }) {
  return `noted:${me.who}:${session}:${kind}:${person}:${lesson}${key}`;
}

/** @param {string} kind @param {Record<string, any>} fields what the server is told */
async function record(kind, fields, more = {}) {
  const entry = { kind, session: here, ...fields, ...more, at: Date.now() };
  const by = taken ? { by: taken } : {};
  await put({ kind, who: me.who, session: here, ...fields, ...by }, { key: more.key, keep: { [nameOf(entry)]: entry } });
  apply(entry);
  const about = line(fields.person);
  if (about) about.isUnsent = true;
  const change = { kind, person: fields.person, session: here };
  tell(change);
  channel?.postMessage(change);
}

export const act = {
  record,

  /** @param {string} person @param {string} status @param {"tap" | "card" | "paper"} [how] */
  async mark(person, status, how = "tap") {
    const known = line(person);
    // What was on the screen: the server's mark, whatever was tapped on this phone since.
    const base = (known?.base === undefined ? known?.mark : known.base) || null;
    await record("mark", { person, status, base, how });
  },

  /** @param {string} person @param {{text: string, home: boolean}} remark */
  remark: (person, { text, home }) => record("remark", { person, text: text.trim().slice(0, 200), home }),

  /** @param {string} text */
  note: (text) => record("note", { text: text.trim().slice(0, 1000) }, { key: crypto.randomUUID() }),

  /** @param {string} person @param {number} lesson @param {string} level */
  skill: (person, lesson, level) => record("skill", { person, lesson, level }),

  async arrive({ name, year = null, about = false, village, sex = "", phone_kind = "", consent = "spoken" }, status = "present") {
    const plain = name.normalize("NFC").trim().slice(0, 100);
    const described = JSON.stringify([here, plain, year, village]);
    // A disk that was full for the mark alone: tried again, it is the same newcomer.
    const isAgain = half?.described === described && line(half.person)?.status === "";
    const person = isAgain ? half.person : crypto.randomUUID();
    if (!isAgain) await record("arrival", { person, name: plain, year, about, village, sex, phone_kind, consent });
    half = { described, person };
    if (status) await act.mark(person, status);
    half = null;
    return person;
  },

  /** @param {{attempt?: string, person: string, lesson: number, right: number}} result */
  paper: ({ attempt = crypto.randomUUID(), person, lesson, right }) => record("paper", { attempt, person, lesson, right }),

  /** A screen of the lesson does not look like the telephones in the room. @param {{lesson: number, screen: number, note: string}} seen */
  screen: ({ lesson, screen, note }) => record("screen", { lesson, screen, note: note.trim().slice(0, 200) }, { key: crypto.randomUUID() }),
};

// --- the server's word ----------------------------------------------------------

/** @param {(change: {kind?: string, person?: string, session?: number}) => void} listener */
export function on(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(change) {
  for (const listener of listeners) listener(change);
}

let timer;

/** What was sent meanwhile, here or by the worker, no longer counts as unsent. */
function lookAgain() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    for (const change of flagUnsent(await own())) tell({ kind: "sent", ...change });
  }, 400);
}

/** Keep what is on the screen true: what is sent, and what another window notes. */
export function begin() {
  watch(lookAgain);
  if (!channel) return;
  channel.onmessage = async () => {
    await read();
    await rebuild();
    tell({});
  };
}

/** Fetch a new bundle, and let go of what it already contains. @returns {Promise<string>} */
export async function refresh() {
  const locks = self.navigator?.locks;
  return locks
    ? locks.request("evenings", { ifAvailable: true }, (lock) => (lock ? fetchBundle() : "busy"))
    : fetchBundle();
}

async function fetchBundle() {
  await flush().catch(() => {});
  const account = await kept("volunteer");
  // Whatever has left the outbox before the question is in the answer.
  const box = await items();
  const before = account ? await noted(account.who) : [];
  let answer;
  try {
    const have = account ? (await kept(`evenings:${account.who}`))?.digest : "";
    const response = await fetch(`${BUNDLE}?have=${have || ""}`, {
      cache: "no-store", credentials: "same-origin", redirect: "error",
      headers: { accept: "application/json" }, signal: AbortSignal.timeout?.(PATIENCE),
    });
    answer = await response.json();
    if (answer?.app !== "tramngay") return "offline";
    if (response.status === 401) return "login";
    if (!response.ok) return "busy";
  } catch {
    return "offline";
  }
  const { who, id = account?.id, name = account?.name } = answer;
  const isSame = account?.who === who;
  if (account && !isSame) await forget(account.who);
  taken = await kept(`actor:${who}`);
  me = { language: document.documentElement.lang, ...(isSame ? account : {}), who, id, name };
  const waiting = new Set(box.filter((item) => item.who === who).map(nameOf));
  // Where nothing is new, only its age is.
  bundle = { ...(answer.sessions ? {} : await kept(`evenings:${who}`)), ...answer, at: Date.now() };
  await transact("readwrite", async (shelf) => {
    shelf.put(me, "volunteer");
    shelf.put(bundle, `evenings:${who}`);
    for (const [key, entry] of isSame ? before : []) {
      if (waiting.has(key)) continue;
      const now = await asked(shelf.get(key));
      if (now?.at === entry.at) shelf.delete(key);
    }
  });
  await rebuild();
  tell({});
  channel?.postMessage({});
  return "ok";
}

/**
 * Take an account's evenings from this phone; what is unsent stays in the outbox, and whose it is
 * stays in "left", so that the right person signs in. @param {string} who
 */
export async function forget(who) {
  const account = await kept("volunteer");
  await transact("readwrite", async (shelf) => {
    for (const name of ["evenings", "actor", "held"]) shelf.delete(`${name}:${who}`);
    shelf.delete(IDBKeyRange.bound(`noted:${who}:`, `noted:${who}:\uffff`));
    if ((await asked(shelf.get("volunteer")))?.who === who) shelf.delete("volunteer");
  });
  await nameLeft(account?.who === who ? account : null).catch(() => { /* A full disk: then without. */ });
  if (me?.who === who) {
    [me, bundle, taken] = [null, null, undefined];
    await rebuild();
    tell({});
  }
  channel?.postMessage({});
}

/** @param {Volunteer | null} account */
async function nameLeft(account) {
  const waiting = new Set((await items()).map((item) => item.who));
  const names = { ...(await kept("left")), ...(account && { [account.who]: account.name }) };
  const left = Object.entries(names).filter(([who]) => waiting.has(who));
  await keep("left", left.length ? Object.fromEntries(left) : undefined);
}
