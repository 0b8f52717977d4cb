// What a learner's own phone knows beside the lesson in hand: whose it is, which lessons are his or
// hers, how far they are; and the sign that says what is kept here and what is not sent yet.
//
// Runs on every learner's page. On a class's shared screen it only forgets whose phone this was.

import { begin, flush, forgetIdentity, keep, kept, status, watch } from "./outbox.js";

const MINE = "/progress/mine/";
const HOME = "/progress/learn/";
const LEAVE = "/people/out/";
const A_LESSON = /^\/progress\/lessons\/(\d+)\//;

/** @type {HTMLElement | null} */
const box = document.querySelector("[data-offline]");
const words = box?.dataset ?? {};

/**
 * @typedef {{who: string, place: number | null, language: string}} Whose
 * @typedef {{id: number, number: number, course: string, languages: Record<string, [string, string, number]>,
 *   step: number, read: boolean, passed: boolean, attempt: any}} Known
 * @typedef {{step: number, finished: number | null, passed: boolean, opened: number | null,
 *   attempt: any, result: any}} State
 */

/** @returns {Promise<Whose | undefined>} */
export const whose = () => kept("whose");

/** @param {string} who */
export const mine = (who) => kept(`mine:${who}`);

/** @param {string} who @param {number} lesson */
export const stateName = (who, lesson) => `state:${who}:${lesson}`;

/** @returns {Promise<State>} how far somebody is in a lesson, here and elsewhere taken together */
export async function stateOf(who, lesson) {
  const here = (await kept(stateName(who, lesson))) || {};
  const there = (await mine(who))?.lessons.find((known) => known.id === lesson);
  const state = {
    step: Math.max(here.step || 0, there?.step || 0),
    finished: here.finished || null,
    read: Boolean(here.finished || there?.read),
    passed: Boolean(here.passed || there?.passed),
    opened: here.opened || null,
    attempt: here.attempt || null,
    result: here.result || null,
  };
  const attempt = there?.attempt;
  if (attempt && here.done !== attempt.uuid) {
    if (!state.attempt) state.attempt = { ...attempt, revision: 0 };
    else if (state.attempt.uuid === attempt.uuid) state.attempt = { ...state.attempt, answers: both(attempt.answers, state.attempt.answers) };
  }
  return state;
}

/** Every answer given, of whichever device; the fuller list of each question. */
function both(one, other) {
  const all = { ...one };
  for (const [question, given] of Object.entries(other)) {
    if (given.length >= (all[question] || []).length) all[question] = given;
  }
  return all;
}

/** @type {Promise<any> | null} */
let asking = null;

/** Ask the server once a page, where it can be reached, what is this learner's and how far. */
export const refresh = () => (asking ||= ask());

async function ask() {
  let answer;
  try {
    const response = await fetch(MINE, { cache: "no-store", credentials: "same-origin", redirect: "error", headers: { accept: "application/json" } });
    if (!response.ok) return null;
    answer = await response.json();
  } catch {
    return null;
  }
  if (answer.app !== "tramngay" || !answer.who) return null;
  const who = `learner:${answer.who}`;
  await keep(`mine:${who}`, { ...answer, at: Date.now() });
  const now = await whose();
  if (now?.who === who && now.place !== answer.place) await keep("whose", { ...now, place: answer.place });
  return answer;
}

// --- the worker -----------------------------------------------------------------

/** @returns {Promise<ServiceWorkerRegistration | null>} */
async function register() {
  if (!navigator.serviceWorker || !isSecureContext) return null;
  try {
    return await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  } catch {
    return null;
  }
}

/** Have the worker put the course of a lesson on the phone, in every language it is written in. */
async function keepCourse(registration, known, lesson) {
  const here = known.lessons.find((each) => each.id === lesson);
  if (!here || navigator.connection?.saveData) return;
  const language = document.documentElement.lang;
  const wanted = [];
  for (const each of known.lessons.filter((other) => other.course === here.course)) {
    for (const [spoken, [, tag]] of Object.entries(each.languages)) {
      const address = `/courses/lessons/${each.id}/whole/?lang=${spoken}&place=${known.place || 0}`;
      wanted.push({ lesson: each.id, language: spoken, address, tag });
    }
  }
  // What is read next comes first: this lesson, in this language.
  const rank = (each) => (each.language === language ? 0 : 2) + (each.lesson === lesson ? 0 : 1);
  wanted.sort((a, b) => rank(a) - rank(b));
  const worker = (await navigator.serviceWorker.ready).active || registration.active;
  worker?.postMessage({ keep: { place: known.place, lessons: wanted } });
}

/** Look after the phone: whose it is, the worker, the course of the lesson in hand. @param {number} [lesson] */
export async function lookAfter(lesson) {
  const registration = await register();
  if (!registration) return;
  const known = await refresh();
  if (known?.lessons.length) {
    await keepCourse(registration, known, lesson || openedIn(known) || known.next || known.lessons[0].id);
  }
  // A new version waits until no lesson is open anywhere on this phone.
  if (registration.waiting && !A_LESSON.test(location.pathname)) registration.waiting.postMessage({ takeOver: true });
}

/** The first lesson of the course whose page this is, if it is one's own. */
function openedIn(known) {
  const page = Number(document.querySelector("[data-first-lesson]")?.dataset.firstLesson);
  return known.lessons.find(({ languages }) => Object.values(languages).some(([, , pk]) => pk === page))?.id;
}

// --- the sign ---------------------------------------------------------------------

const fill = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), text);

/** Say what is so, read from the disk this very moment. */
export async function sign() {
  const line = box?.querySelector("[data-sign]");
  if (!line) return;
  const who = (await whose())?.who;
  if (!who) { line.hidden = true; return; }
  const { unsent, trouble, others, sent, state } = await status(who);
  const parts = [];
  if (unsent) {
    parts.push(words.kept, unsent === 1 ? words.unsentOne : fill(words.unsent, { n: unsent }));
  } else if (sent && !trouble.length) {
    parts.push(words.allSent);
  }
  if (sent) {
    const at = new Date(sent).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
    parts.push(fill(words.sent, { time: at }));
  }
  if (trouble.length) parts.push(fill(words.trouble, { n: trouble.length }));
  if (others) parts.push(fill(words.others, { n: others }));
  line.textContent = parts.join(" · ");
  line.hidden = !parts.length;
  line.dataset.unsent = String(unsent);
  line.dataset.state = state;
  const door = box.querySelector("[data-sign-in]");
  if (door) door.hidden = !(unsent && state === "login");
}

/** @param {{done: number, of: number, isFull: boolean, isCut: boolean}} course */
function signCourse({ done, of, isFull, isCut }) {
  const line = box?.querySelector("[data-course]");
  if (!line || !of) return;
  if (isFull) line.textContent = words.full;
  else if (done === of) line.textContent = words.whole;
  else if (!isCut) line.textContent = fill(words.fetching, { n: done, of });
  line.hidden = !line.textContent;
  line.dataset.done = String(done === of);
}

// --- leaving -----------------------------------------------------------------------

/** Whoever puts the card away with something unsent is asked first; it stays on the phone. */
async function leaving(event) {
  const form = event.target.closest("form");
  if (!form || new URL(form.action).pathname !== LEAVE || form.dataset.asked) return;
  event.preventDefault();
  const go = async () => {
    form.dataset.asked = "";
    await keep("whose", undefined).catch(() => {});
    forgetIdentity();
    form.submit();
  };
  const who = (await whose().catch(() => null))?.who;
  const { unsent } = who ? await status(who) : { unsent: 0 };
  const dialog = document.querySelector("[data-leaving]");
  if (!unsent || !dialog) return go();
  const say = (n) => {
    dialog.querySelector("[data-leaving-words]").textContent = n === 1 ? words.unsentOne : fill(words.unsent, { n });
  };
  say(unsent);
  dialog.onclick = async ({ target }) => {
    const wish = target.closest("[data-leave]")?.dataset.leave;
    if (wish === "stay") dialog.close();
    if (wish === "go") go();
    if (wish === "send") {
      await flush();
      const { unsent: left } = await status(who);
      if (left) say(left);
      else go();
    }
  };
  dialog.showModal();
}

// --- the list of what is on the phone ----------------------------------------------

async function fillShelf(who) {
  const shelf = document.querySelector("[data-shelf]");
  if (!shelf) return;
  const language = document.documentElement.lang;
  const onPhone = await lessonsOnPhone();
  const known = who ? (await mine(who))?.lessons ?? [] : [];
  const list = shelf.querySelector("[data-shelf-list]");
  for (const lesson of known.filter(({ id }) => onPhone.has(id))) {
    const state = await stateOf(who, lesson.id);
    const name = state.passed ? "passed" : state.step || state.attempt ? "begun" : "new";
    const row = document.querySelector(`template[data-state="${name}"]`).content.cloneNode(true);
    const [title] = lesson.languages[language] || Object.values(lesson.languages)[0];
    row.querySelector("a").href = `/progress/lessons/${lesson.id}/`;
    row.querySelector("strong").textContent = `${lesson.number}. ${title}`;
    list.append(row);
  }
  shelf.hidden = !list.children.length;
  document.querySelector("[data-shelf-empty]").hidden = !shelf.hidden;
}

async function lessonsOnPhone() {
  const found = new Set();
  for (const name of await caches.keys()) {
    if (!name.startsWith("lessons-")) continue;
    for (const request of await (await caches.open(name)).keys()) {
      found.add(Number(new URL(request.url).pathname.split("/")[3]));
    }
  }
  return found;
}

// --- on this page -------------------------------------------------------------------

/**
 * Whoever has this screen in hand is not the volunteer whose evenings were kept on it: nobody's names
 * stay. What waits to be sent does.
 */
async function forgetVolunteer() {
  const volunteer = await kept("volunteer");
  if (!volunteer) return;
  const { forget } = await import("./evening/store.js");
  await forget(volunteer.who);
}

async function run() {
  if ("shared" in words) {
    await keep("whose", undefined);
    return forgetVolunteer();
  }
  const before = await whose();
  const language = document.documentElement.lang;
  if (words.learner) {
    const who = `learner:${words.learner}`;
    const place = before?.who === who ? before.place : (await mine(who))?.place ?? null;
    await keep("whose", { who, place, language });
    await forgetVolunteer().catch(() => { /* The next page tries again. */ });
  }
  const who = (await whose())?.who;
  watch(sign);
  await sign();
  begin();
  document.addEventListener("submit", leaving);
  navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.course) signCourse(data.course); });
  if (document.querySelector("[data-shelf]")) return fillShelf(who);
  const lesson = A_LESSON.exec(location.pathname);
  if (words.learner || lesson) await lookAfter(lesson ? Number(lesson[1]) : undefined);
}

if (box) run().catch(() => { /* No disk, no secure address: the server's own pages are there. */ });
