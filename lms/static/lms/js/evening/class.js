// The lesson for a whole room, on a projector or a tablet that everybody sees: the screens that a
// learner has, larger, one after the other, and the questions, answered together. Nothing is
// recorded. With or without network: the worker keeps tonight's lesson like a learner's.

import { explain, readReply } from "../judge.js";
import { mount } from "../practice.js";
import { fill } from "./words.js";

// What takes several taps is done by each learner alone.
const ALONE = ["order", "match"];
const SCREEN = /^s\d+$/;

let tools;
let box;
/** @type {{lesson: number, parts: Map<string, HTMLTemplateElement>, order: string[], questions: Map<string, any>} | null} */
let taught = null;
let number = 0;

const find = (name) => box.querySelector(`[data-class-${name}]`);

export async function open(root, given) {
  tools = given;
  box = root.querySelector("[data-class-mode]");
  dress(true);
  find("before").onclick = () => turn(-1);
  find("next").onclick = () => turn(1);
  find("full").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.().catch(() => {}));
  find("full").hidden = !root.requestFullscreen;
  find("screen").onsubmit = answer;
  find("screen").onclick = follow;
  find("report").onsubmit = report;
  // A practice in front of a class is nobody's run.
  find("screen").addEventListener("practice:done", (event) => event.preventDefault());
  document.addEventListener("keydown", press);
  const { lesson, lessons } = tools.session;
  const chooser = find("lesson");
  chooser.replaceChildren(...lessons.map(({ id, title }) => new Option(title, String(id))));
  chooser.onchange = () => teach(Number(chooser.value));
  const wanted = taught?.lesson || lesson?.id || lessons[0]?.id;
  chooser.value = String(wanted);
  find("choose").hidden = lessons.length < 2;
  if (wanted !== taught?.lesson) await teach(wanted);
  else show();
}

export function close() {
  dress(false);
  document.removeEventListener("keydown", press);
  if (document.fullscreenElement) document.exitFullscreen();
}

/** Large, as for learners, while it lasts. */
function dress(isOn) {
  const { documentElement, body, head } = document;
  if (isOn && !head.querySelector("[data-learner]")) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: body.dataset.learnerCss });
    link.dataset.learner = "";
    head.append(link);
  }
  documentElement.dataset.face = isOn ? "learner" : "staff";
}

async function teach(lesson) {
  const language = document.documentElement.lang;
  const { place } = tools.session;
  const text = lesson ? await read(lesson, place, language) : "";
  find("none").hidden = Boolean(text);
  taught = null;
  number = 0;
  if (text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const parts = new Map([...page.querySelectorAll("template[data-part]")].map((part) => [part.dataset.part, part]));
    const { screens, questions } = JSON.parse(page.getElementById("lesson-data").textContent);
    taught = {
      lesson, parts,
      order: [
        ...Array.from({ length: screens }, (_each, index) => `s${index + 1}`),
        ...questions.filter(({ kind }) => !ALONE.includes(kind)).map(({ id }) => `q-${id}`),
      ],
      questions: new Map(questions.map((question) => [question.id, question])),
    };
  }
  show();
}

/** What the worker has kept, of this place or of another one that it knows, else the server's. */
async function read(lesson, place, language) {
  let other;
  for (const name of (await caches.keys()).filter((each) => each.startsWith("lessons-"))) {
    const shelf = await caches.open(name);
    const there = await shelf.match(`/kept/${place}/${lesson}/${language}/`);
    if (there) return there.text();
    const requests = await shelf.keys();
    other ||= requests.find(({ url }) => url.endsWith(`/${lesson}/${language}/`));
  }
  try {
    const response = await fetch(`/courses/lessons/${lesson}/whole/?lang=${language}&place=${place}`, { credentials: "omit", redirect: "error" });
    if (response.ok) return response.text();
  } catch { /* No network: another village's pictures are better than none. */ }
  return other ? (await caches.match(other)).text() : "";
}

// --- what is shown ------------------------------------------------------------------

function show(part = taught?.order[number]) {
  const screen = find("screen");
  const template = taught?.parts.get(part);
  screen.replaceChildren(...(template ? [document.importNode(template.content, true)] : []));
  // What leads a single learner on, and what is heard alone.
  for (const away of screen.querySelectorAll(".trail, [data-voice-choice], a.button.is-primary, [data-say]")) away.remove();
  for (const practice of screen.querySelectorAll("[data-practice]")) mount(practice);
  find("count").textContent = taught ? fill(box.dataset.of, { n: number + 1, of: taught.order.length }) : "";
  find("differs").hidden = !template || !SCREEN.test(part);
  find("differs").open = false;
  find("before").disabled = !taught || number === 0;
  find("next").disabled = !taught || number === taught.order.length - 1;
  screen.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function turn(by) {
  if (!taught?.order[number + by]) return;
  number += by;
  show();
}

/** The authors hear of it, with the phone's next sending. */
async function report(event) {
  event.preventDefault();
  const { note } = event.target.elements;
  const seen = { lesson: taught.lesson, screen: Number(taught.order[number].slice(1)), note: note.value };
  if (!(await tools.kept(null, () => tools.store.act.screen(seen)))) return;
  note.value = "";
  find("differs").open = false;
  tools.say(box.dataset.thanks, "good");
}

function press(event) {
  if (event.target.closest("input, textarea, select, button")) return;
  if (event.key === "ArrowRight" || event.key === "PageDown") turn(1);
  if (event.key === "ArrowLeft" || event.key === "PageUp") turn(-1);
}

/** The room has answered: the same words as a learner would read. */
function answer(event) {
  const form = event.target;
  const question = taught.questions.get(form.dataset.question);
  if (!question) return;
  event.preventDefault();
  const fields = new FormData(form);
  if (event.submitter?.name) fields.append(event.submitter.name, event.submitter.value);
  const reply = readReply(question, fields);
  if (reply.answer === null) return;
  const said = explain(question, reply.answer);
  const kind = said.is_right ? "right" : said.is_unsure ? "unsure" : said.is_incomplete ? "incomplete" : "wrong";
  show(`q-${question.id}-${kind}`);
  const screen = find("screen");
  const pattern = [...screen.querySelectorAll("p")].find((line) => line.textContent.includes("{feedback}"));
  for (const remark of said.remarks) {
    const line = pattern?.cloneNode(true);
    if (!line) break;
    line.textContent = fill(line.textContent, remark);
    pattern.before(line);
  }
  pattern?.remove();
}

/** Links of a lesson lead from part to part; here that is the bar's. */
function follow(event) {
  const link = event.target.closest('a[href^="#"]');
  if (!link) return;
  event.preventDefault();
  if (link.getAttribute("href") === "#retry") show();
  else turn(1);
}
