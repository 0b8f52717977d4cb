// Practice on a simulated phone. The same steps as courses/rules/practice.py, on the phone itself.
//
// Pure, for whoever wants them (the offline player does):
//   start(screens)                        a new run, on the first screen
//   tap(screens, run, zoneId, seconds)    tap a zone; null, or an id that is not there: beside all
//   hint(screens, run, seconds)           show the hint and the right zone
//   restart(screens, run, seconds)        back to the first screen; after a good end a new run
//   screenOf(screens, run), rightZone(screens, screen), isDone(screens, run)
//   write(run), read(screens, text)       the run as one word for an address
// None changes what it is given. `seconds`: how long ago the last of these was.
//
// mount(root) makes a <section data-practice> alive; every such section on the page is mounted by
// itself. At the good end the section dispatches `practice:done` (it bubbles) with
//   detail {run: uuid, lesson: number|null, block: uuid, steps, seconds, help: "alone"}.
// Whoever takes care of the run calls preventDefault(); otherwise it is posted to `data-post`,
// where the section has one.

/**
 * @typedef {{id: string, label: string, left: number, top: number, width: number, height: number,
 *   to: string, says: string}} Zone
 * @typedef {{name: string, outcome: string, picture: {url?: string, alt?: string, width?: number,
 *   height?: number}, words: string, hint: string, zones: Zone[]}} PracticeScreen
 * @typedef {{screen: string, wrong: number, hints: number, seconds: number}} Step
 * @typedef {{steps: Step[], event: string, says: string}} Run
 *   event: what happened last: "", "on", "wrong", "beside", "hint" or "again"
 */

const MAX_STEPS = 60;
const MAX_WRONG = 99;
const MAX_SECONDS = 3600;
const WRONG_BEFORE_HINT = 2;
const STEP = /^([a-z0-9-]{1,20})\.(\d{1,2})\.([01])\.(\d{1,4})$/;

/** @param {string} screen @returns {Step} */
const visit = (screen) => ({ screen, wrong: 0, hints: 0, seconds: 0 });

/** @param {PracticeScreen[]} screens @returns {Run} */
export function start(screens) {
  return { steps: [visit(screens[0].name)], event: "", says: "" };
}

/** @param {PracticeScreen[]} screens @param {Run} run @returns {PracticeScreen} */
export function screenOf(screens, run) {
  const name = run.steps[run.steps.length - 1].screen;
  return screens.find((screen) => screen.name === name) || screens[0];
}

/** @param {PracticeScreen[]} screens @param {Run} run */
export function isDone(screens, run) {
  return screenOf(screens, run).outcome === "done";
}

/** How many taps each screen is from a good end; a bad end leads back to the first screen. */
function distances(screens) {
  const names = new Set(screens.map((screen) => screen.name));
  const far = Object.create(null);
  for (const { name, outcome } of screens) if (outcome === "done" && !(name in far)) far[name] = 0;
  for (let grew = true; grew; ) {
    grew = false;
    for (const { name, outcome, zones } of screens) {
      if (outcome === "done") continue;
      const next = outcome === "again" ? [screens[0].name] : zones.map((zone) => zone.to);
      for (const to of next) {
        if (!names.has(to) || !(to in far)) continue;
        if (!(name in far) || far[to] + 1 < far[name]) {
          far[name] = far[to] + 1;
          grew = true;
        }
      }
    }
  }
  return far;
}

/** @param {PracticeScreen[]} screens @param {PracticeScreen} screen @returns {Zone | null} */
export function rightZone(screens, screen) {
  if (screen.outcome) return null;
  const far = distances(screens);
  let best = null;
  for (const zone of screen.zones) {
    if (zone.to in far && (!best || far[zone.to] < far[best.to])) best = zone;
  }
  return best;
}

/** @param {PracticeScreen[]} screens @param {Run} run @param {string | null} zoneId */
export function tap(screens, run, zoneId, seconds = 0) {
  const screen = screenOf(screens, run);
  if (screen.outcome) return run;
  const zone = screen.zones.find((one) => one.id === zoneId);
  if (zone && screens.some((one) => one.name === zone.to)) {
    return go(spend(run, seconds), zone.to, "on", zone.says);
  }
  return change(spend(run, seconds), zone ? "wrong" : "beside", zone ? zone.says : "", (step) => {
    const wrong = Math.min(step.wrong + 1, MAX_WRONG);
    return { ...step, wrong, hints: wrong >= WRONG_BEFORE_HINT ? 1 : step.hints };
  });
}

/** @param {PracticeScreen[]} screens @param {Run} run @returns {Run} */
export function hint(screens, run, seconds = 0) {
  if (screenOf(screens, run).outcome) return run;
  return change(spend(run, seconds), "hint", "", (step) => ({ ...step, hints: 1 }));
}

/** @param {PracticeScreen[]} screens @param {Run} run @returns {Run} */
export function restart(screens, run, seconds = 0) {
  if (isDone(screens, run)) return start(screens);
  return go(spend(run, seconds), screens[0].name, "again", "");
}

/** @param {Run} run @returns {string} */
export function write(run) {
  return run.steps.map((s) => [s.screen, s.wrong, s.hints, s.seconds].join(".")).join("~");
}

/** @param {PracticeScreen[]} screens @param {string} text @returns {Run} */
export function read(screens, text) {
  const names = new Set(screens.map((screen) => screen.name));
  const steps = [];
  for (const part of text.split("~")) {
    const found = STEP.exec(part);
    if (!found || !names.has(found[1])) return start(screens);
    const [wrong, hints, seconds] = found.slice(2).map(Number);
    steps.push({ screen: found[1], wrong, hints, seconds: Math.min(seconds, MAX_SECONDS) });
  }
  return steps.length <= MAX_STEPS ? { steps, event: "", says: "" } : start(screens);
}

/** @param {Run} run @param {number} seconds @returns {Run} */
function spend(run, seconds) {
  const more = Math.max(0, Math.floor(seconds) || 0);
  return change(run, run.event, run.says, (step) => ({
    ...step,
    seconds: Math.min(step.seconds + more, MAX_SECONDS),
  }));
}

function change(run, event, says, how) {
  const last = run.steps.length - 1;
  return { steps: [...run.steps.slice(0, last), how(run.steps[last])], event, says };
}

function go(run, name, event, says) {
  return { steps: [...run.steps.slice(0, MAX_STEPS - 1), visit(name)], event, says };
}

// --- On the page ----------------------------------------------------------------------------

// One unit over the picture is a pixel in a window of 360 px; see courses/rules/practice.py.
const WIDTH = 312;
const USUAL_SHAPE = 416 / 312;
const SVG = "http://www.w3.org/2000/svg";

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Post a run where the page itself keeps no queue; the form of the good end sends it once more. */
function post(root, run) {
  const form = new FormData();
  const token = root.querySelector('[name="csrfmiddlewaretoken"]');
  if (!root.dataset.post || !token) return;
  form.set("csrfmiddlewaretoken", token.value);
  form.set("run", run.id);
  form.set("p", write(run.now));
  fetch(root.dataset.post, { method: "POST", body: form, keepalive: true }).catch(() => {});
}

/** @param {HTMLElement} root @returns {{restart: () => void}} */
export function mount(root) {
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const { screens } = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
  const words = root.dataset;
  let now = read(screens, words.state || "");
  let id = words.run || newId();
  let since = performance.now();
  let announced = isDone(screens, now);
  root.dataset.alive = "";

  function spent() {
    const seconds = Math.min((performance.now() - since) / 1000, 600);
    since = performance.now();
    return seconds;
  }

  function act(next) {
    const screen = screenOf(screens, now);
    const anew = isDone(screens, now);
    now = next(spent());
    if (anew && now.event === "") id = newId();
    const moved = screen !== screenOf(screens, now) || now.event === "again";
    draw(moved);
    keep();
    announce();
  }

  function draw(moved) {
    const screen = screenOf(screens, now);
    const step = now.steps[now.steps.length - 1];
    const hinted = step.hints > 0 && !screen.outcome;
    root.dataset.outcome = screen.outcome;
    if (moved) {
      const img = part("picture");
      Object.assign(img, { src: screen.picture.url || "", alt: screen.picture.alt || "" });
      if (screen.picture.width) img.width = screen.picture.width;
      if (screen.picture.height) img.height = screen.picture.height;
      part("words").textContent = screen.words;
    }
    const right = hinted ? rightZone(screens, screen) : null;
    if (moved || hinted) drawZones(screen, right);
    say(screen, right);
    part("hint").hidden = Boolean(screen.outcome) || hinted;
    part("again").hidden = screen.outcome !== "again";
    part("next").hidden = screen.outcome !== "done";
    part("later").hidden = screen.outcome === "done";
    for (const field of root.querySelectorAll('[name="p"]')) field.value = write(now);
    for (const field of root.querySelectorAll('[name="run"]')) field.value = id;
    if (moved) {
      part("words").focus({ preventScroll: true });
    }
    // What is said must be seen, above the picture that was tapped.
    if (moved || part("said").getBoundingClientRect().top < 0) root.scrollIntoView();
  }

  function drawZones(screen, right) {
    const focused = root.contains(document.activeElement) ? document.activeElement.value : "";
    const { width, height } = screen.picture;
    const high = WIDTH * (width && height ? height / width : USUAL_SHAPE);
    part("zones").setAttribute("viewBox", `0 0 ${WIDTH} ${high}`);
    part("zones").replaceChildren(
      ...screen.zones.map((zone) => {
        const frame = document.createElementNS(SVG, "foreignObject");
        const box = { x: zone.left, y: zone.top, width: zone.width, height: zone.height };
        for (const [name, value] of Object.entries(box)) {
          const unit = name === "x" || name === "width" ? WIDTH : high;
          frame.setAttribute(name, String((value * unit) / 100));
        }
        const button = document.createElement("button");
        button.type = "submit";
        button.name = "tap";
        button.value = zone.id;
        button.className = zone === right ? "zone is-shown" : "zone";
        button.setAttribute("aria-label", zone.label);
        frame.append(button);
        return frame;
      }),
    );
    if (focused) part("zones").querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
  }

  function say(screen, right) {
    const box = part("said");
    const lines = [
      now.event === "beside" ? words.sayBeside : now.says,
      { done: words.sayDone, again: words.sayBad }[screen.outcome],
      right && (screen.hint || words.sayHint.replace("{name}", right.label)),
    ].filter(Boolean);
    if (!lines.length) return box.replaceChildren();
    const notice = document.createElement("div");
    const inner = document.createElement("div");
    notice.className = `notice ${screen.outcome === "done" ? "is-good" : "is-info"}`;
    for (const line of lines) {
      const p = document.createElement("p");
      p.dataset.speak = "";
      p.textContent = line;
      inner.append(p);
    }
    notice.append(inner);
    box.replaceChildren(notice);
  }

  // The address says where one is, so that a reload loses nothing.
  function keep() {
    if (!("keep" in root.dataset)) return;
    const address = new URL(location.href);
    address.searchParams.set("p", write(now));
    address.searchParams.delete("tap");
    if (words.run) address.searchParams.set("run", id);
    history.replaceState(null, "", address);
  }

  function announce() {
    if (!isDone(screens, now)) announced = false;
    else if (!announced) {
      announced = true;
      const steps = now.steps;
      const detail = {
        run: id,
        lesson: Number(words.lesson) || null,
        block: words.block,
        steps,
        seconds: steps.reduce((sum, step) => sum + step.seconds, 0),
        help: "alone",
      };
      const event = new CustomEvent("practice:done", { bubbles: true, cancelable: true, detail });
      if (root.dispatchEvent(event)) post(root, { id, now });
    }
  }

  root.addEventListener("submit", (event) => {
    const button = event.submitter || document.activeElement;
    if (button?.name !== "tap") return;
    event.preventDefault();
    const kind = button.value;
    if (kind === "hint") act((seconds) => hint(screens, now, seconds));
    else if (kind === "again") act((seconds) => restart(screens, now, seconds));
    else act((seconds) => tap(screens, now, kind === "beside" ? null : kind, seconds));
  });
  // Not before somebody begins: until then the page is as light as any other.
  const fetchPictures = () => {
    for (const screen of screens) if (screen.picture.url) new Image().src = screen.picture.url;
  };
  for (const sign of ["pointerdown", "keydown"]) {
    root.addEventListener(sign, fetchPictures, { once: true });
  }

  return { restart: () => act((seconds) => restart(screens, now, seconds)) };
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll("[data-practice]:not([data-alive])")) mount(root);
}
