// What waits on this phone, moved on purpose: a colleague's items sent by whoever is signed in, and
// items that came from another phone. Only what staff noted; a learner's waits for the learner.

import { asked, news, transact, whoami } from "../outbox.js";

/** @typedef {import("../outbox.js").Item} Item */

const STAFF = /^staff:(\d+)$/;

export const isStaffs = ({ who }) => STAFF.test(who);

/** Whose observation an item is, whoever sends it. @param {Item} item @returns {number} */
export const authorOf = ({ who, by }) => by ?? Number(STAFF.exec(who)?.[1]);

/** The same item, to be sent by another account; whose observation it is, stays. */
function sentBy(item, who) {
  const { by, ...rest } = item;
  const author = authorOf(item);
  return { ...rest, who, ...(who === `staff:${author}` ? {} : { by: author }) };
}

/**
 * Change what waits here. @param {string[]} ids
 * @param {(item: Item) => Item | null} change to nothing: it is let go
 * @returns {Promise<number>} how many of them were there still
 */
export async function rework(ids, change) {
  const done = await transact("readwrite", async (_shelf, box) => {
    const there = (await asked(box.getAll())).filter((item) => ids.includes(item.id) && isStaffs(item));
    for (const item of there) {
      const other = change(item);
      if (other) box.put(other);
      else box.delete(item.id);
    }
    return there.length;
  });
  news();
  return done;
}

const anew = ({ code, says, ...item }) => ({ ...item, state: "queued", tries: 0 });

/** Let refused items be judged once more. @param {string[]} ids */
export const retry = (ids) => rework(ids, anew);

/** Let the account `who` send what colleagues noted on this phone. @param {string[]} ids @param {string} who */
export const carry = (ids, who) => rework(ids, (item) => anew(sentBy(item, who)));

/** Let go of what lies safely somewhere else; only ever on a person's word. @param {string[]} ids */
export const letGo = (ids) => rework(ids, () => null);

/**
 * Take what another phone has put, as it was put there. @param {Item[]} items @param {string} who
 * @returns {Promise<number>} how many of them are new here
 */
export async function take(items, who) {
  const taken = await transact("readwrite", async (_shelf, box) => {
    const there = new Set(await asked(box.getAllKeys()));
    const fresh = items.filter((item) => isStaffs(item) && !there.has(item.id) && there.add(item.id));
    for (const item of fresh) box.add(anew(sentBy(item, who)));
    return fresh.length;
  });
  news();
  return taken;
}

/**
 * The server knows nobody here any more: if this phone was reported lost, or is somebody else's now,
 * nobody's names stay on it. @param {any} store
 */
export async function tend(store) {
  const { mine, forget } = await whoami();
  const who = store.volunteer()?.who;
  if (!who || !(forget || (mine.length && !mine.includes(who)))) return;
  await store.forget(who);
  // Nor on the screen, hidden or not.
  location.reload();
}
