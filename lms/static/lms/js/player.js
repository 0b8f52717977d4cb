// A whole lesson on one's own phone, with or without network: one screen at a time, each at the
// address that the server's own page has. Everything that is done is in the outbox before its
// result is shown. The parts are templates in the page, as the server would have written them.
//
//   s3   the third screen           /progress/lessons/7/3/
//   q2   the second question        /progress/lessons/7/<last screen>/?q=2
//   help, end                       …?q=help, …?q=end

import { explain, firstAnswers, hasPassed, readReply, score } from "./judge.js";
import { remember } from "./look.js";
import { mine, refresh, stateName, stateOf, whose } from "./offline.js";
import { keep, put } from "./outbox.js";
import { mount } from "./practice.js";

const HOME = "/progress/learn/";
const LESSONS = "/progress/lessons/";
const PATIENCE = 1500;

const data = JSON.parse(document.getElementById("lesson-data").textContent);
const main = document.getElementById("main");
const questions = new Map(data.questions.map((question) => [question.id, question]));

/** @type {string} */
let who;
/** @type {import("./offline.js").State & {done?: string}} */
let state;
/** What stands on the screen now. */
let here = "";

// --- where one is -----------------------------------------------------------------

const asked = () => state.attempt?.asked ?? [];
const given = (id) => state.attempt?.answers[id] ?? [];

/** @param {string} part */
function addressOf(part) {
  const lesson = `${LESSONS}${data.lesson}/`;
  if (part.startsWith("s")) return `${lesson}${part.slice(1)}/`;
  return `${lesson}${data.screens || 1}/?q=${part.startsWith("q") ? part.slice(1) : part}`;
}

/** The part that the address asks for, or, where it asks for none, where one left off. */
function partAt({ pathname, search }) {
  const wanted = new URLSearchParams(search).get("q");
  if (wanted) return /^\d+$/.test(wanted) ? `q${wanted}` : wanted;
  const step = Number(pathname.slice(`${LESSONS}${data.lesson}/`.length).replace("/", ""));
  if (step) return `s${Math.min(step, data.screens)}`;
  if (state.attempt) return nextOpen();
  return state.read || !state.step ? "s1" : `s${Math.min(state.step, data.screens)}`;
}

function nextOpen() {
  const number = asked().findIndex((id) => !given(id).length) + 1;
  return number ? `q${number}` : "help";
}

/** What may be shown: a question needs an attempt, the end needs a result. */
function allowed(part) {
  if (/^q\d+$/.test(part)) return questions.has(asked()[Number(part.slice(1)) - 1]) ? part : state.result ? "end" : "s1";
  if (part === "help") return state.attempt ? (nextOpen() === "help" ? part : nextOpen()) : state.result ? "end" : "s1";
  if (part === "end") return state.result ? part : "s1";
  if (part === "read") return part;
  return find(part) ? part : "s1";
}

function before(part) {
  const [kind, number] = [part[0], Number(part.slice(1))];
  return (kind === "s" || /^q\d/.test(part)) && number > 1 ? addressOf(`${kind}${number - 1}`) : HOME;
}

// --- what is kept --------------------------------------------------------------------

/** @param {object} item @param {string} key @param {object} changes to what is known of the lesson */
async function record(item, key, changes) {
  const next = { ...state, ...changes };
  await put({ ...item, who, lesson: data.lesson }, { key, keep: { [stateName(who, data.lesson)]: next } });
  state = next;
}

async function recordView(step, isFinished = false) {
  const isNew = step > state.step || !state.opened || (isFinished && !state.finished);
  if (!isNew) return;
  const changes = {
    step: Math.max(step, state.step),
    opened: state.opened || Date.now(),
    finished: state.finished || (isFinished ? Date.now() : null),
  };
  changes.read = state.read || Boolean(changes.finished);
  const { step: furthest, opened, finished } = changes;
  await record({ kind: "view", step: furthest, opened, finished }, `view:${data.lesson}`, changes);
}

/** @param {object} changes to the attempt @param {object} [more] to the lesson */
async function recordAttempt(changes, more) {
  const attempt = { ...state.attempt, ...changes };
  const { uuid, revision, asked: drawn, version, answers, started, finished = null, help = null } = attempt;
  await record(
    { kind: "attempt", attempt: uuid, revision, asked: drawn, version, answers, started, finished, help },
    `attempt:${uuid}`,
    { attempt, ...more },
  );
}

/** Begin to answer, or go on: an attempt is sent once its first answer is given. */
async function begin(isAnew = false) {
  if (!isAnew && state.attempt && asked().every((id) => questions.has(id))) return;
  const attempt = {
    uuid: crypto.randomUUID(),
    revision: data.revision,
    asked: draw(),
    version: 0,
    answers: {},
    started: Date.now(),
  };
  const last = asked().length ? asked() : state.last || [];
  state = { ...state, attempt, last };
  await keep(stateName(who, data.lesson), state);
}

/** Whoever tries again meets those questions first that were not asked the last time. */
function draw() {
  const last = new Set(state.last || []);
  const mixed = data.questions
    .map((question) => [last.has(question.id) ? 1 : 0, Math.random(), question.id])
    .sort(([a, b], [c, d]) => a - c || b - d)
    .slice(0, data.asked)
    .map(([, , id]) => id);
  return data.questions.map(({ id }) => id).filter((id) => mixed.includes(id));
}

// --- what is shown --------------------------------------------------------------------

/** @param {string} name @returns {HTMLTemplateElement | null} */
const find = (name) => document.querySelector(`template[data-part="${CSS.escape(name)}"]`);

/** Put words in place of {name}, wherever they stand in the text. */
function fill(node, words) {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
  }
}

/** @param {string} part @param {{push?: boolean, isRetry?: boolean}} [how] */
async function show(part, { push = true, isRetry = false } = {}) {
  part = allowed(part);
  if (part.startsWith("s")) await recordView(Number(part.slice(1)));
  const isQuestion = /^q\d+$/.test(part);
  const question = isQuestion ? questions.get(asked()[Number(part.slice(1)) - 1]) : null;
  const answers = question ? given(question.id) : [];
  const isAnswered = answers.length > 0 && !isRetry;
  const name = !question ? (part === "end" ? `end-${state.result.score}` : part)
    : isAnswered ? answerPart(question, answers.at(-1)) : `q-${question.id}`;
  const template = find(name);
  const body = template.content.cloneNode(true);
  if (isAnswered) fillAnswer(body, question, answers.at(-1));
  if (isQuestion) placeTrail(body, Number(part.slice(1)));
  await placeLinks(body, part);
  hush();
  here = part;
  main.replaceChildren(body);
  document.title = `${template.dataset.title} · Trăm Ngày`;
  const address = addressOf(part);
  if (push && address !== location.pathname + location.search) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  document.querySelector(".learner-bar-row > a").href = before(part);
  for (const root of main.querySelectorAll("[data-practice]")) mount(root);
  if (question?.kind === "order" && !isAnswered) arrange(main.querySelector("form"));
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  main.dataset.shown = part;
}

/** Nobody goes on hearing the words of the screen before. */
const hush = () => document.querySelector('[data-listen][aria-pressed="true"]')?.click();

function answerPart(question, answer) {
  const said = explain(question, answer);
  const kind = said.is_right ? "right" : said.is_unsure ? "unsure" : said.is_incomplete ? "incomplete" : "wrong";
  return `q-${question.id}-${kind}`;
}

function fillAnswer(body, question, answer) {
  const { remarks } = explain(question, answer);
  const pattern = [...body.querySelectorAll("p")].find((line) => line.textContent.includes("{feedback}"));
  for (const remark of remarks) {
    const line = pattern?.cloneNode(true);
    if (!line) break;
    fill(line, remark);
    pattern.before(line);
  }
  pattern?.remove();
  fill(body, { answer: String(answer) });
}

/** Of a lesson that draws its questions: how far one is depends on what was drawn. */
function placeTrail(body, number) {
  const trail = find(`trail-${number}`);
  if (!trail) return;
  body.querySelector(".trail")?.replaceWith(trail.content.cloneNode(true));
  const next = body.querySelector('a[href="#next"]');
  if (next && number === asked().length && body.querySelector(".is-right")) next.firstChild.data = `${find("last").innerHTML} `;
}

/** Give every link the address that it leads to; a click is caught and goes there without loading. */
async function placeLinks(body, part) {
  for (const link of body.querySelectorAll('a[href^="#"]')) {
    const wish = link.getAttribute("href").slice(1);
    link.dataset.go = wish;
    if (wish === "home") link.href = HOME;
    else if (wish === "lesson") await placeNextLesson(link);
    else if (wish === "retry") link.href = addressOf(part);
    else if (wish === "next") link.href = addressOf(after(part));
    else link.href = addressOf(wish === "anew" ? "q1" : wish);
  }
}

async function placeNextLesson(link) {
  const lessons = (await mine(who))?.lessons ?? [];
  const now = lessons.findIndex(({ id }) => id === data.lesson);
  const following = [...lessons.slice(now + 1), ...lessons.slice(0, Math.max(now, 0))];
  for (const lesson of following) {
    if ((await stateOf(who, lesson.id)).passed) continue;
    link.href = `${LESSONS}${lesson.id}/`;
    return;
  }
  link.remove();
}

function after(part) {
  const number = Number(part.slice(1));
  return number < asked().length ? `q${number + 1}` : nextOpen();
}

// --- what is done ----------------------------------------------------------------------

/** @param {string} wish */
async function follow(wish, link) {
  if (wish === "home" || wish === "lesson") return location.assign(link.href);
  if (wish === "retry") return show(here, { push: false, isRetry: true });
  if (wish === "next") return show(after(here));
  if (wish === "anew") {
    await begin(true);
    return show("q1");
  }
  if (wish === "q1" || wish === "read") {
    await recordView(data.screens, true);
    if (wish === "read") return show("read");
    await begin();
    return show(nextOpen());
  }
  return show(wish);
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
async function answer(form, button) {
  const question = questions.get(form.dataset.question);
  const fields = new FormData(form);
  if (button?.name) fields.append(button.name, button.value);
  const reply = readReply(question, fields);
  if (reply.answer !== null) {
    const all = given(question.id);
    const isNew = JSON.stringify(all.at(-1)) !== JSON.stringify(reply.answer);
    if (isNew) {
      const answers = { ...state.attempt.answers, [question.id]: [...all, reply.answer] };
      await recordAttempt({ answers, version: state.attempt.version + 1 });
    }
    return show(here, { push: false });
  }
  if (reply.moved) return arrange(form, reply.order, reply.moved);
  if (question.kind === "match") return pair(form, button);
  if (reply.is_empty) notice("empty", form);
  return undefined;
}

async function finish(help) {
  const drawn = asked().map((id) => questions.get(id));
  const firsts = firstAnswers(state.attempt.answers);
  const passed = hasPassed(drawn, firsts, data.perCent);
  await recordAttempt({ finished: Date.now(), help, version: state.attempt.version + 1 }, {
    attempt: null,
    last: asked(),
    done: state.attempt.uuid,
    result: { score: score(drawn, firsts), passed },
    passed: state.passed || passed,
  });
  return show("end");
}

/** Rows go up and down; the first has no way up, the last none down. */
function arrange(form, order, moved) {
  const list = form.querySelector(".ordering");
  const idOf = (row) => row.querySelector('[name="order"]').value;
  const rows = [...list.children];
  const patterns = ["up", "down"].map((way) => list.querySelector(`[name="move"][value$=":${way}"]`).cloneNode(true));
  if (order) rows.sort((a, b) => order.indexOf(idOf(a)) - order.indexOf(idOf(b)));
  rows.forEach((row, place) => {
    for (const button of row.querySelectorAll("button")) button.remove();
    ["up", "down"].forEach((way, which) => {
      if (place === (which ? rows.length - 1 : 0)) return;
      const button = patterns[which].cloneNode(true);
      button.value = `${idOf(row)}:${way}`;
      button.querySelector(".visually-hidden").textContent = `: ${row.querySelector("span").textContent}`;
      row.append(button);
    });
  });
  list.replaceChildren(...rows);
  const held = rows.find((row) => idOf(row) === moved);
  held?.querySelector("button")?.focus();
}

/** One thing after the other gets its partner. */
function pair(form, button) {
  const isRestart = button?.name === "restart";
  const steps = [...form.querySelectorAll("[data-step]")];
  let list = form.querySelector(".pairs");
  if (!list) {
    list = document.createElement("ul");
    list.className = "pairs";
    steps[0].before(list);
  }
  if (isRestart) list.replaceChildren();
  else {
    const step = button.closest("[data-step]");
    const row = document.createElement("li");
    const partner = document.createElement("strong");
    const field = document.createElement("input");
    partner.textContent = button.textContent.trim();
    Object.assign(field, { type: "hidden", name: "pair", value: button.value });
    row.append(`${step.querySelector(".match-left").textContent} – `, partner, field);
    list.append(row);
  }
  const chosen = [...list.querySelectorAll("input")].map((field) => field.value.split(":")[0]);
  const next = steps.find((step) => !chosen.includes(step.dataset.step));
  for (const step of steps) step.hidden = step !== next;
  list.hidden = !chosen.length;
  form.querySelector("[data-restart]").hidden = !chosen.length;
  next?.querySelector("button")?.focus();
}

// A practice begins anew when one comes back to it; each good end is kept as one run.
main.addEventListener("practice:done", (event) => {
  event.preventDefault();
  const { run, block, steps, seconds, help } = event.detail;
  guarded(() => record({ kind: "practice", run, block, steps, seconds, help }, `run:${run}`, {}));
});

function notice(name, before_ = main.firstElementChild) {
  for (const old of main.querySelectorAll(":scope > .notice, form > .notice")) old.remove();
  before_.prepend(find(name).content.cloneNode(true));
}

/** What cannot be kept is not shown as if it were. */
async function guarded(act) {
  try {
    await act();
  } catch (error) {
    notice("unkept");
    throw error;
  }
}

// --- on this page -----------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { go } = link.dataset;
  const isBack = link.matches(".learner-bar-row > a") && link.pathname.startsWith(`${LESSONS}${data.lesson}/`);
  if (!go && !isBack) return;
  event.preventDefault();
  guarded(() => (go ? follow(go, link) : show(partAt(link))));
});

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.dataset.question) {
    event.preventDefault();
    guarded(() => answer(form, submitter));
  } else if (submitter?.name === "help") {
    event.preventDefault();
    guarded(() => finish(submitter.value));
  } else if (submitter?.name === "language") {
    event.preventDefault();
    guarded(() => speak(submitter.value));
  }
});

async function speak(language) {
  remember("django_language", language);
  await keep("whose", { ...(await whose()), language });
  location.reload();
}

addEventListener("popstate", () => guarded(() => show(partAt(location), { push: false })));

/** How large and how bright, as chosen before. */
function dress() {
  const chosen = Object.fromEntries(document.cookie.split("; ").map((pair_) => pair_.split("=")));
  if (chosen.look_size) document.documentElement.dataset.size = chosen.look_size;
  if (chosen.look_theme) document.documentElement.dataset.theme = chosen.look_theme;
}

async function placeHelper() {
  const helper = (await mine(who))?.helper;
  const panel = document.querySelector(".help-panel");
  if (!helper?.phone) panel.replaceWith(find("nobody").content.querySelector(".help-panel").cloneNode(true));
  else {
    fill(panel, helper);
    panel.querySelector('a[href^="tel:"]').href = `tel:${helper.phone}`;
  }
}

async function start() {
  dress();
  const owner = await whose().catch(() => null);
  if (!owner || !location.pathname.startsWith(`${LESSONS}${data.lesson}/`)) return location.replace(data.url);
  ({ who } = owner);
  // Perhaps one has been further on another phone; but nobody waits long for that.
  await Promise.race([refresh(), new Promise((resolve) => setTimeout(resolve, navigator.onLine ? PATIENCE : 0))]);
  state = await stateOf(who, data.lesson);
  await placeHelper();
  return guarded(() => show(partAt(location), { push: false }));
}

start();
