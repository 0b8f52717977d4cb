// The service worker of a learner's own phone, and of a volunteer's; lms/offline.py puts the outbox
// and CONFIG before it.
//
// What it keeps:
//   shell-<version>    the pages and scripts that belong together; whole versions come and go
//   lessons-<version>  each lesson in one piece, made for that version
//   files              drawings, photos and recordings, whose addresses never show anything else
// Nothing that asks who one is, is ever kept: a sign-in page would be kept under its name.

const SHELL = `shell-${CONFIG.version}`;
const LESSONS = `lessons-${CONFIG.version}`;
const FILES = "files";
const OURS = /^(shell|lessons)-/;
const LESSON_AT = new RegExp(`^${CONFIG.lessons}(\\d+)/(?:\\d+/)?$`);
const REGISTER_AT = new RegExp(`^${CONFIG.register}$`);
const A_FILE = /\/(?:courses\/(?:pictures|audio)|media\/images)\/[^"'&\s\\)<>]+/g;
const A_SCRIPT = /\/static\/[^"'&\s\\)<>]+/g;
const A_DAY = 24 * 60 * 60 * 1000;
// A phone needs room for other things as well.
const FULL = 0.8;
const SLOW = 8000;

/** Without a cookie: what is kept is nobody's. */
const plainly = (address) => new Request(address, { credentials: "omit", cache: "no-cache", redirect: "error" });

const keptAs = (place, lesson, language) => `/kept/${place || 0}/${lesson}/${language}/`;

addEventListener("install", (event) => event.waitUntil(install()));

async function install() {
  const shell = await caches.open(SHELL);
  await shell.addAll(CONFIG.shell.map(plainly));
  if (await kept("volunteer")) await keepEvening();
  // The lessons that the version before has kept are made anew; then the change is one step.
  const before = (await caches.keys()).filter((name) => name.startsWith("lessons-") && name !== LESSONS);
  for (const name of before) {
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      const response = await old.match(request);
      const [address, tag] = ["x-address", "x-tag"].map((name_) => response.headers.get(name_));
      try {
        await keepLesson({ address, tag, as: new URL(request.url).pathname });
      } catch (error) {
        // A lesson that is no longer published holds up nobody.
        if (error.message !== "404") throw error;
      }
    }
  }
}

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (OURS.test(name) && name !== SHELL && name !== LESSONS) await caches.delete(name);
  }
  await clients.claim();
})()));

addEventListener("message", (event) => {
  const { keep: wanted, evening, takeOver } = event.data || {};
  if (wanted) event.waitUntil(keepCourse(wanted));
  if (evening) event.waitUntil(keepEvening());
  if (takeOver) event.waitUntil(takeOverWhenIdle());
});

addEventListener("sync", (event) => {
  if (event.tag !== "outbox") return;
  event.waitUntil(flush().then(({ state }) => {
    // Failing is how the browser is asked to try again.
    if (["offline", "busy", "captive"].includes(state)) throw new Error(state);
  }));
});

/** A new version never takes a lesson or a register out of somebody's hands. */
async function takeOverWhenIdle() {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const paths = windows.map((window) => new URL(window.url).pathname);
  if (!paths.some((path) => LESSON_AT.test(path) || REGISTER_AT.test(path))) await skipWaiting();
}

/** What a volunteer needs in an evening without network; learners' phones have no use for it. */
async function keepEvening() {
  const shelf = await caches.open(SHELL);
  for (const language of CONFIG.languages) {
    const address = `${CONFIG.evening}?lang=${language}`;
    if (!(await shelf.match(address))) await keepPage(shelf, address, address);
  }
}

// --- keeping a course -----------------------------------------------------------

/** @param {{place: number, lessons: {lesson: number, language: string, address: string, tag: string}[]}} wanted */
async function keepCourse({ place, lessons }) {
  let done = 0;
  let isFull = false;
  let isCut = false;
  const say = () => tellAll({ course: { done, of: lessons.length, isFull, isCut } });
  await say();
  for (const lesson of lessons) {
    try {
      if (await isNearlyFull()) { isFull = true; break; }
      await keepLesson({ ...lesson, as: keptAs(place, lesson.lesson, lesson.language) });
      done += 1;
      await say();
    } catch (error) {
      isFull ||= error.name === "QuotaExceededError";
      isCut = true;
      break;
    }
  }
  await say();
}

async function isNearlyFull() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) || {};
  return quota > 0 && usage > FULL * quota;
}

/** Keep a lesson with everything on it, or not at all. */
async function keepLesson({ address, tag, as }) {
  const shelf = await caches.open(LESSONS);
  const there = await shelf.match(as);
  const age = Date.now() - Number(there?.headers.get("x-at"));
  if (there && there.headers.get("x-tag") === tag && age < A_DAY) return;
  await keepPage(shelf, address, as, { "x-tag": tag, "x-at": String(Date.now()), "x-address": address });
}

async function keepPage(shelf, address, as, more) {
  const response = await fetch(plainly(address));
  if (!response.ok) throw new Error(String(response.status));
  const text = await response.text();
  // Made for another version: its scripts are not on this phone.
  if (!text.includes(`data-version="${CONFIG.version}"`)) throw new Error("another version");
  await keepAll(SHELL, text.match(A_SCRIPT));
  await keepAll(FILES, text.match(A_FILE));
  const headers = { "content-type": "text/html; charset=utf-8", ...more };
  for (const name of ["content-security-policy", "x-content-type-options", "referrer-policy"]) {
    if (response.headers.has(name)) headers[name] = response.headers.get(name);
  }
  await shelf.put(as, new Response(text, { headers }));
}

async function keepAll(name, addresses) {
  const shelf = await caches.open(name);
  for (const address of new Set(addresses || [])) {
    if (await shelf.match(address, { ignoreVary: true })) continue;
    const response = await fetch(plainly(address));
    if (response.status !== 200) throw new Error(`${response.status} ${address}`);
    await shelf.put(address, response);
  }
}

async function tellAll(message) {
  for (const window of await clients.matchAll({ type: "window", includeUncontrolled: true })) window.postMessage(message);
}

// --- answering --------------------------------------------------------------------

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(request, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(fromShelf(SHELL, request, pathname));
  else if (pathname.match(A_FILE)?.[0] === pathname) event.respondWith(fromShelf(FILES, request, pathname));
});

async function fromShelf(name, request, pathname) {
  const there = await (await caches.open(name)).match(pathname, { ignoreVary: true });
  if (!there) return fetch(request);
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") || "");
  return range && (range[1] || range[2]) ? part(there, range) : there;
}

/** A player of sound asks piece by piece, and some play nothing that comes otherwise. */
async function part(whole, [, from, to]) {
  const bytes = await whole.arrayBuffer();
  const size = bytes.byteLength;
  const start = from ? Number(from) : Math.max(0, size - Number(to));
  const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
  const headers = new Headers(whole.headers);
  headers.delete("content-encoding");
  if (start > end) {
    headers.set("content-range", `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("content-range", `bytes ${start}-${end}/${size}`);
  headers.set("content-length", String(end - start + 1));
  return new Response(bytes.slice(start, end + 1), { status: 206, headers });
}

async function navigate(request, pathname) {
  let [whose, volunteer] = [null, null];
  try { [whose, volunteer] = await Promise.all([kept("whose"), kept("volunteer")]); } catch { /* No disk: everything comes from the server. */ }
  if (whose) {
    const found = LESSON_AT.exec(pathname);
    const lesson = found && (await keptLesson(whose, found[1]));
    if (lesson) return lesson;
    // The server's own page should know what was done a moment ago.
    if (pathname === CONFIG.home) await Promise.race([flush().catch(() => {}), pause(SLOW / 4)]);
  }
  const register = volunteer && REGISTER_AT.exec(pathname);
  // With a question mark it is the server's own page that is asked for.
  if (register && !request.url.includes("?") && (await isKept(volunteer, Number(register[1])))) {
    const page = await pageIn(CONFIG.evening, volunteer.language);
    if (page) return page;
  }
  const isLearning = whose && (pathname === CONFIG.home || pathname.startsWith(CONFIG.lessons));
  const shell = () => (volunteer && !isLearning ? pageIn(CONFIG.evening, volunteer.language) : pageIn(CONFIG.offline, whose?.language));
  try {
    const slow = whose && pathname === CONFIG.home ? pause(SLOW).then(shell) : new Promise(() => {});
    return await Promise.race([fetch(request), slow]);
  } catch {
    return (await shell()) || Response.error();
  }
}

const isKept = async ({ who }, session) => (await kept(`evenings:${who}`))?.sessions.some(({ id }) => id === session);

async function keptLesson({ place, language }, lesson) {
  const shelf = await caches.open(LESSONS);
  for (const spoken of [language, ...CONFIG.languages]) {
    const there = await shelf.match(keptAs(place, lesson, spoken), { ignoreVary: true });
    if (there) return there;
  }
  return null;
}

async function pageIn(address, language) {
  const shelf = await caches.open(SHELL);
  return shelf.match(`${address}?lang=${language || CONFIG.languages[0]}`, { ignoreVary: true });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
