// On every page of the staff's: what a volunteer needs in the evening is put on the phone, without
// anybody asking for it, and what was noted there is sent.

import { begin as send } from "../outbox.js";
import * as store from "./store.js";

const REFRESH = 3 * 60 * 1000;
const A_REGISTER = /^\/progress\/sessions\/\d+\/register\/$/;

/** @returns {Promise<ServiceWorkerRegistration | null>} */
async function register() {
  if (!navigator.serviceWorker || !isSecureContext) return null;
  try {
    return await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  } catch {
    return null;
  }
}

/**
 * Lessons come along, for the class mode: of one's own classes the whole course, tonight's first; of
 * the others near by, and where data is dear, what is taught then.
 */
function lessonsOf(sessions) {
  const language = document.documentElement.lang;
  const me = store.volunteer().id;
  const places = new Map();
  for (const { place, lesson, lessons, instructors } of sessions) {
    const isWhole = instructors.some(({ id }) => id === me) && !navigator.connection?.saveData;
    for (const { id, tag } of isWhole ? lessons : [lesson].filter(Boolean)) {
      if (!places.has(place)) places.set(place, new Map());
      const address = `/courses/lessons/${id}/whole/?lang=${language}&place=${place}`;
      places.get(place).set(id, { lesson: id, language, tag, address });
    }
  }
  return [...places].map(([place, wanted]) => ({ place, lessons: [...wanted.values()] }));
}

async function refresh() {
  if (document.visibilityState === "visible") await store.refresh().catch(() => {});
}

async function run() {
  await store.load();
  send();
  const registration = await register();
  const state = await store.refresh();
  const known = store.volunteer();
  if (known) await store.speak(document.documentElement.lang);
  addEventListener("online", refresh);
  setInterval(refresh, REFRESH);
  if (!registration || state !== "ok") return;
  const worker = (await navigator.serviceWorker.ready).active;
  worker?.postMessage({ evening: true });
  for (const keep of lessonsOf(store.sessions())) worker?.postMessage({ keep });
  // A new version waits until no register is open anywhere on this phone.
  if (registration.waiting && !A_REGISTER.test(location.pathname)) registration.waiting.postMessage({ takeOver: true });
}

run().catch(() => { /* No disk, no secure address: the server's own pages are there. */ });
