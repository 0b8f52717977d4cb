// Learners' cards in front of the camera, one after the other. Each marks its holder present, with
// a sound and the name in large letters; a card that needs a word asks for it. Typing the short code
// does the same. A card is known by the beginning of its secret's hash: what is on this phone opens
// nothing.

import { allowSound, problemOf, scanner, signal } from "./camera.js";
import { cleanCode } from "./names.js";
import { fill } from "./words.js";

export { scanner };

const A_LINK = /\/k\/?#([A-Za-z2-7]{26})$/;
const A_TOKEN = /^([A-Za-z2-7]{26})$/;
const CODE_LENGTH = 8;
// A card that is still in front of the camera is not read again.
const AGAIN = 4000;

/** @type {{store: any, session: any, say: Function, go: Function, words: DOMStringMap}} */
let tools;
/** @type {HTMLElement} */
let box;
/** @type {(() => void) | null} */
let stop = null;
let isStarting = false;
let isWanted = false;
let count = 0;
/** @type {Map<string, number>} what was read, and when it was seen last */
const seen = new Map();

const find = (name) => box.querySelector(`[data-${name}]`);

export function open(root, given) {
  const isSame = box && tools?.session?.id === given.session?.id;
  tools = given;
  if (!box) begin(root);
  if (!isSame) {
    count = 0;
    find("said").replaceChildren();
    find("counted").textContent = "";
  }
  trouble("");
  // Whoever has let the camera in once wants to scan at once.
  navigator.permissions?.query({ name: "camera" }).then(({ state }) => {
    if (state === "granted" && !root.hidden) start();
  }).catch(() => {});
}

export function close() {
  isWanted = false;
  darken();
}

function begin(root) {
  box = root.querySelector("[data-scan]");
  find("start").onclick = start;
  find("stop").onclick = close;
  find("torch").onclick = light;
  find("code").onsubmit = (event) => {
    event.preventDefault();
    typed();
  };
  // A phone in the pocket needs no camera.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") darken();
    else if (isWanted) start();
  });
}

// --- the camera -------------------------------------------------------------------

async function start() {
  if (stop || isStarting) return;
  isStarting = isWanted = true;
  allowSound();
  trouble("");
  try {
    stop = await scanner(find("video"), read);
    if (!isWanted) return darken();
    bright(true);
    const track = find("video").srcObject?.getVideoTracks()[0];
    find("torch").hidden = !track?.getCapabilities?.().torch;
  } catch (error) {
    isWanted = false;
    trouble(problemOf(error));
  } finally {
    isStarting = false;
  }
  return undefined;
}

function darken() {
  stop?.();
  stop = null;
  bright(false);
  find("torch").setAttribute("aria-pressed", "false");
}

function bright(isOn) {
  find("camera").hidden = find("camera-acts").hidden = !isOn;
  find("off").hidden = isOn;
}

function light() {
  const wish = find("torch").getAttribute("aria-pressed") !== "true";
  const track = find("video").srcObject?.getVideoTracks()[0];
  track?.applyConstraints({ advanced: [{ torch: wish }] })
    .then(() => find("torch").setAttribute("aria-pressed", String(wish)))
    .catch(() => { find("torch").hidden = true; });
}

// --- reading -----------------------------------------------------------------------

async function hashOf(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text */
async function read(text) {
  const now = Date.now();
  const isAgain = now - (seen.get(text) || 0) < AGAIN;
  for (const [other, at] of seen) if (now - at > AGAIN) seen.delete(other);
  seen.set(text, now);
  if (isAgain) return;
  const token = (A_LINK.exec(text) || A_TOKEN.exec(text))?.[1];
  if (!token) return show("warn", "", "foreign");
  const secret = (await hashOf(token.toUpperCase())).slice(0, 16);
  await found((card) => card.secret === secret);
}

async function typed() {
  const field = find("code").querySelector("input");
  const code = cleanCode(field.value);
  allowSound();
  if (code.length !== CODE_LENGTH) {
    trouble("codeLength");
    return field.focus();
  }
  trouble("");
  const hash = (await hashOf(code)).slice(0, 5);
  field.value = "";
  return found((card) => card.code === hash);
}

/** @param {string} what the name of the words */
function trouble(what) {
  find("trouble").textContent = what && box.dataset[what];
  find("trouble").hidden = !what;
}

/** @param {(card: {secret: string, code: string, isRevoked: boolean}) => boolean} isIt */
async function found(isIt) {
  const { store } = tools;
  const everybody = [...store.evening().lines, ...store.people(), ...store.neighbours()];
  const holders = everybody.filter(({ cards }) => cards?.some((card) => isIt(card)));
  const isGood = ({ cards }) => cards.some((card) => isIt(card) && !card.isRevoked);
  const person = holders.find(isGood) || holders[0];
  if (!person) return show("warn", "", "unknown", ["name", "newcomer"]);
  if (!isGood(person)) return show("warn", person.name, "revoked", [["anyway", () => mark(person, "tap")], "newcomer"]);
  const line = store.line(person.id);
  if (!line) return show("warn", person.name, "other", [["guest", () => mark(person, "card", "guest")], "newcomer"]);
  if (store.hasCome(line)) return show("good", line.name, "already");
  return mark(line, "card");
}

async function mark(person, how, said = "present") {
  const before = tools.store.line(person.id)?.status || "";
  try {
    await tools.store.act.mark(person.id, "present", how);
  } catch {
    signal(false);
    return tools.say(tools.words.unkept, "bad");
  }
  tally(1);
  return show("good", person.name, said, [["undo", () => takeBack(person, before)]]);
}

async function takeBack(person, before) {
  try {
    await tools.store.act.mark(person.id, before, "tap");
  } catch {
    return tools.say(tools.words.unkept, "bad");
  }
  tally(-1);
  return show("good", person.name, "undone", [], true);
}

function tally(more) {
  count += more;
  find("counted").textContent = count ? fill(box.dataset.count, { n: count }) : "";
}

// --- saying -------------------------------------------------------------------------

/**
 * @param {"good" | "warn"} kind @param {string} name @param {string} what the name of the words
 * @param {(string | [string, () => void])[]} [acts]
 */
function show(kind, name, what, acts = [], isQuiet = false) {
  const words = box.dataset;
  const said = find(`found="${kind}"`).content.cloneNode(true);
  said.querySelector(".scan-name").textContent = name || words[what];
  said.querySelector(".scan-what").textContent = name ? words[what] : "";
  const more = words[`${what}More`];
  const line = said.querySelector("[data-more]");
  line.textContent = more || "";
  line.hidden = !more;
  const row = document.createElement("div");
  row.className = "scan-acts";
  for (const act of acts) {
    const [does, run] = Array.isArray(act) ? act : [act, null];
    const button = find(`act="${does}"`).content.firstElementChild.cloneNode(true);
    if (run) button.onclick = run;
    row.append(button);
  }
  if (acts.length) said.querySelector(".scan-said").append(row);
  find("said").replaceChildren(said);
  if (!isQuiet) signal(kind === "good");
}
