// What was done on this phone and has not reached the server yet.
//
//   put(item, {key, keep})    store an item; resolves only once it is on the disk
//   flush()                   send what is one's own; → {state, left}: how it ended, see Stop, and
//                             how many items it is worth trying again for
//   status(who)               what there is to say about it: {unsent, waits, trouble, others, sent,
//                             state, isFull}
//   watch(show)               be told whenever that may have changed, in any window
//   begin()                   send by itself: after each put, on `online`, when looked at, by a timer
//   kept(name), keep(name, value)   small things of this phone that belong to the same truth
//
// An item is {kind, who, …}: `who` is whose it is, "learner:<uuid>" or "staff:<id>", and nobody
// else's sign-in ever sends it; `by` is who noted it, if another. The module adds id, device, seq,
// at (the phone's clock) and off (what the server's clock is ahead). Only an answer that names an
// item lets it go; what lies with the team leader is listed in "held:<who>". Where a newer item
// with the same `key` contains the older, the older one is dropped in the same transaction.
// The service worker runs the same lines: sw.js carries them with the word `export` taken away.

/**
 * @typedef {{id: string, kind: string, who: string, device: string, seq: number, at: number,
 *   off: number, by?: number, state: "queued" | "waits" | "trouble", tries: number, code?: string,
 *   says?: string, key?: string}} Item
 */

const DATABASE = "tramngay";
const ADDRESSES = { whoami: "/progress/whoami/", sync: "/progress/sync/" };
const BATCH = 50;
const SOON = 1000;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60000;
const PATIENCE = 20000;
// An identity that was asked for a moment ago need not be asked for again; the server checks it.
const FRESH = 120000;

// --- the disk ---------------------------------------------------------------

// Whether what was done last could not be written down.
let isFull = false;
/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function open() {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("outbox", { keyPath: "id" });
    };
    request.onblocked = () => reject(new Error("blocked"));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      const forget = () => { database.close(); opened = null; };
      database.onversionchange = forget;
      database.onclose = forget;
      resolve(database);
    };
  }).catch((error) => { opened = null; throw error; });
  return opened;
}

/** @param {IDBRequest} request @returns {Promise<any>} */
export const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Strict: resolves when the system was told to flush, not when the browser has buffered it. */
export async function transact(mode, work) {
  const database = await open();
  const all = database.transaction(["kept", "outbox"], mode, { durability: mode === "readwrite" ? "strict" : "default" });
  const ended = new Promise((resolve, reject) => {
    all.oncomplete = resolve;
    all.onabort = () => reject(all.error || new Error("aborted"));
  });
  ended.catch(() => {});
  try {
    const result = await work(all.objectStore("kept"), all.objectStore("outbox"));
    await ended;
    return result;
  } catch (error) {
    try { all.abort(); } catch { /* It has ended by itself. */ }
    throw error;
  }
}

/** @param {string} name */
export const kept = (name) => transact("readonly", (shelf) => asked(shelf.get(name)));

/** @param {string} name @param {unknown} value undefined: forget it */
export async function keep(name, value) {
  await transact("readwrite", (shelf) => asked(value === undefined ? shelf.delete(name) : shelf.put(value, name)));
}

/** @returns {Promise<Item[]>} in the order in which they were made */
export async function items() {
  const every = await transact("readonly", (_shelf, box) => asked(box.getAll()));
  return every.sort((a, b) => a.seq - b.seq);
}

/**
 * @param {{kind: string, who: string, [field: string]: unknown}} item
 * @param {{key?: string, keep?: Record<string, unknown>}} [more] `keep` is stored in the same breath
 * @returns {Promise<Item>}
 */
export async function put(item, { key, keep: beside = {} } = {}) {
  const stored = await transact("readwrite", async (shelf, box) => {
    const [device, seq, offset, last] = await Promise.all(
      ["device", "seq", "offset", "lastTime"].map((name) => asked(shelf.get(name))),
    );
    const now = Date.now();
    // Within a device time never runs backwards, whatever its clock does.
    const time = Math.max(now + (offset || 0), (last || 0) + 1);
    const whole = {
      ...item,
      id: crypto.randomUUID(),
      device: device || crypto.randomUUID(),
      seq: (seq || 0) + 1,
      at: now,
      off: time - now,
      state: "queued",
      tries: 0,
      ...(key ? { key } : {}),
    };
    if (key) {
      for (const older of await asked(box.getAll())) {
        if (older.key === key && older.who === item.who && older.by === item.by && older.state !== "trouble") box.delete(older.id);
      }
    }
    shelf.put(whole.device, "device");
    shelf.put(whole.seq, "seq");
    shelf.put(time, "lastTime");
    for (const [name, value] of Object.entries(beside)) shelf.put(value, name);
    box.add(whole);
    return whole;
  }).catch((error) => {
    isFull = error?.name === "QuotaExceededError";
    tell();
    throw error;
  });
  isFull = false;
  news();
  return stored;
}

/** What this phone's clock says, corrected by what the server's said. */
export async function time() {
  return Date.now() + ((await kept("offset")) || 0);
}

// --- the server -------------------------------------------------------------

/**
 * Why nothing was sent: offline (no answer, or a cut one), captive (an answer that is not ours),
 * busy (asked to wait), csrf, login (nobody is signed in), large (too much at once).
 */
class Stop extends Error {
  constructor(state) {
    super(state);
    this.state = state;
  }
}

/** @returns {Promise<[number, any]>} only what our own server has said, in our own form */
async function call(address, options = {}) {
  let response, answer;
  try {
    response = await fetch(address, {
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout?.(PATIENCE),
      ...options,
    });
  } catch {
    throw new Stop("offline");
  }
  const isJson = (response.headers.get("content-type") || "").startsWith("application/json");
  try {
    answer = isJson ? await response.json() : null;
  } catch {
    throw new Stop("offline");
  }
  if (response.status === 413) throw new Stop("large");
  if (response.status === 429 || response.status >= 500) throw new Stop("busy");
  if (answer?.app !== "tramngay") throw new Stop(response.status === 403 ? "csrf" : "captive");
  return [response.status, answer];
}

/** @type {{at: number, csrf: string, mine: string[]} | null} */
let identity = null;

/** Ask who is signed in, and what time it is there. @returns {Promise<{csrf: string, mine: string[]}>} */
export async function whoami() {
  const before = Date.now();
  const [, answer] = await call(ADDRESSES.whoami);
  const after = Date.now();
  if (after - before < 5000 && typeof answer.now === "number") {
    await keep("offset", Math.round(answer.now - (before + after) / 2));
  }
  const { person } = answer;
  // Whoever was written down twice and made one person again still has what was put under either.
  const mine = person ? [person.id, ...(person.also || [])].map((id) => `${person.kind}:${id}`) : [];
  identity = { at: after, csrf: answer.csrf, mine, forget: answer.forget };
  return identity;
}

/** Let the next sending ask anew who is signed in. */
export function forgetIdentity() {
  identity = null;
}

export const wire = ({ state, tries, code, says, key, ...item }) => item;

/** @returns {Promise<{state: string, left: number}>} */
export async function flush() {
  const locks = self.navigator?.locks;
  const result = locks
    ? await locks.request("outbox", { ifAvailable: true }, (lock) => (lock ? send() : { state: "running" }))
    : await send();
  if (result.state === "running") return { ...result, left: 1 };
  await keep("lastState", result.state);
  tell();
  // Without a sign-in nothing helps but a sign-in; and what is somebody else's waits for that person.
  const mine = result.state === "login" ? [] : identity?.mine;
  const left = (await items()).filter((item) => item.state !== "trouble" && (!mine || mine.includes(item.who)));
  return { ...result, left: left.length };
}

async function send() {
  try {
    const waiting = (await items()).filter((item) => item.state !== "trouble");
    if (!waiting.length) return { state: "ok" };
    const isKnown = identity?.mine.length && Date.now() - identity.at < FRESH;
    let { csrf, mine } = isKnown ? identity : await whoami();
    let size = BATCH;
    let renewals = 0;
    const done = new Set();
    for (;;) {
      const batch = (await items())
        .filter((item) => item.state !== "trouble" && mine.includes(item.who) && !done.has(item.id))
        .slice(0, size);
      if (!batch.length) break;
      let status, answer;
      try {
        [status, answer] = await call(ADDRESSES.sync, {
          method: "POST",
          headers: { accept: "application/json", "content-type": "application/json", "x-csrftoken": csrf },
          body: JSON.stringify({ items: batch.map(wire) }),
        });
      } catch (stop) {
        if (stop.state === "csrf" && renewals++ < 1) {
          ({ csrf, mine } = await whoami());
          continue;
        }
        if (stop.state === "large" && size > 1) {
          size = Math.ceil(Math.min(size, batch.length) / 2);
          continue;
        }
        throw stop;
      }
      if (status === 401) {
        identity = null;
        return { state: "login" };
      }
      if (status !== 200 || !Array.isArray(answer.results)) throw new Stop("busy");
      for (const item of batch) done.add(item.id);
      await settle(batch, answer.results);
      tell();
    }
    if (!mine.length) return { state: "login" };
    if (done.size) await keep("lastSent", Date.now());
    return { state: "ok" };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    if (error.state === "csrf") identity = null;
    return { state: error.state };
  }
}

/** The only way out of the outbox: the server's own word about this very item. */
async function settle(batch, results) {
  const said = new Map(results.filter(Boolean).map((result) => [result.id, result]));
  await transact("readwrite", async (shelf, box) => {
    const there = new Set(await asked(box.getAllKeys()));
    for (const item of batch) {
      const result = said.get(item.id);
      if (!result || !there.has(item.id)) continue;
      const { r, code, says } = result;
      if (r === "ok" || r === "dup") {
        const name = `held:${item.who}`;
        if (code === "held") shelf.put([...((await asked(shelf.get(name))) || []), { ...item, says }], name);
        box.delete(item.id);
      } else if (r === "no") {
        box.put({ ...item, state: "trouble", code, says });
      } else {
        box.put({ ...item, state: "waits", tries: item.tries + 1, code, says });
      }
    }
  });
}

// --- what the sign says -------------------------------------------------------

/** @param {string | null} [who] whose phone it is now */
export async function status(who = null) {
  const [every, sent, state] = await Promise.all([items(), kept("lastSent"), kept("lastState")]);
  const own = every.filter((item) => !who || item.who === who);
  return {
    unsent: own.filter((item) => item.state !== "trouble").length,
    waits: own.filter((item) => item.state === "waits").length,
    trouble: own.filter((item) => item.state === "trouble"),
    others: every.length - own.length,
    sent: sent || null,
    state: state || "",
    isFull,
  };
}

const channel = self.BroadcastChannel ? new BroadcastChannel("outbox") : null;
/** @type {Set<() => void>} */
const watchers = new Set();

/** Something new waits. */
export function news() {
  tell();
  wake(SOON, true);
  ring();
}

function tell() {
  for (const show of watchers) show();
  channel?.postMessage("changed");
}

/** @param {() => void} show */
export function watch(show) {
  watchers.add(show);
  if (channel) channel.onmessage = () => { for (const each of watchers) each(); };
}

// --- by itself ----------------------------------------------------------------

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let due = Infinity;
let wait = FIRST_WAIT;
let isBegun = false;

/** @param {number} delay @param {boolean} [isNews] news does not wait for the end of a long pause */
function wake(delay, isNews = false) {
  if (!isBegun) return;
  const at = Date.now() + delay;
  if (isNews) wait = FIRST_WAIT;
  if (at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = setTimeout(attempt, delay);
}

async function attempt() {
  due = Infinity;
  let left = 1;
  try {
    ({ left } = await flush());
  } catch { /* The disk is closed or full: the sign says so, and the next try is due. */ }
  if (left) {
    // Phones that lost the network together must not all come back in the same second.
    wake(wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  } else {
    wait = FIRST_WAIT;
  }
}

/** Send by itself from now on. In a window; the worker only hears `sync`. */
export function begin() {
  if (isBegun) return;
  isBegun = true;
  const now = () => wake(0, true);
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") now(); });
  addEventListener("pageshow", now);
  ring();
  now();
}

/** Where the browser can, it sends after the window is closed, too. Nothing relies on it. */
function ring() {
  const registration = self.registration || navigator.serviceWorker?.ready;
  Promise.resolve(registration).then((worker) => worker?.sync?.register("outbox")).catch(() => {});
}
