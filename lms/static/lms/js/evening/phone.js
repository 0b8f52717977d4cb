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

/** Tonight's lessons come along, for the class mode; whoever saves data gets only the evening. */
function lessonsOf(sessions) {
  const language = document.documentElement.lang;
  const places = new Map();
  for (const { place, lesson } of sessions) {
    if (!lesson) continue;
    if (!places.has(place)) places.set(place, new Map());
    places.get(place).set(lesson.id, {
      lesson: lesson.id, language, tag: lesson.tag,
      address: `/courses/lessons/${lesson.id}/whole/?lang=${language}&place=${place}`,
    });
  }
  return navigator.connection?.saveData ? [] : [...places].map(([place, lessons]) => ({ place, lessons: [...lessons.values()] }));
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
