// The sign that stands over everything on an evening's screen, read from the disk each time: what
// is only on this phone, what waits for a sign-in, what needs a look, what lies with the leader.

import { items, kept, status, watch } from "../outbox.js";
import { authorOf, isStaffs } from "./moving.js";
import { fill, sayTime } from "./words.js";

const A_DAY = 24 * 60 * 60 * 1000;
// Some browsers throw away what a page has kept when it was not opened for a week.
const OLD = 5 * A_DAY;

/**
 * What there is to say. @param {any} store
 * @returns {Promise<{unsent: number, trouble: any[], held: any[], others: any[], learners: number,
 *   oldest: number | null, sent: number | null, state: string, isFull: boolean, own: any[]}>}
 */
export async function reading(store) {
  const who = store.volunteer()?.who ?? "";
  const [known, every, held] = await Promise.all([status(who), items(), kept(`held:${who}`)]);
  const own = every.filter((item) => item.who === who);
  const waiting = own.filter((item) => item.state !== "trouble");
  return {
    own: waiting,
    unsent: waiting.length,
    trouble: known.trouble,
    held: held || [],
    others: every.filter((item) => item.who !== who && isStaffs(item)),
    learners: every.filter((item) => !isStaffs(item)).length,
    oldest: waiting.length ? Math.min(...waiting.map(({ at, off }) => at + off)) : null,
    sent: known.sent,
    state: known.state,
    isFull: known.isFull,
  };
}

/** Whose items wait here beside one's own: "Lan", "Lan, Hoa". */
export function names(store, others) {
  const known = new Map(store.staff().map(({ id, name }) => [id, name]));
  return [...new Set(others.map(authorOf))].map((id) => known.get(id)).filter(Boolean).join(", ");
}

/** @param {any} store @param {HTMLElement} line */
export function mount(store, line) {
  const words = line.dataset;
  let timer;

  async function show() {
    if (!store.volunteer()) { line.hidden = true; return; }
    const now = await reading(store);
    const { unsent, trouble, held, others, sent, state, oldest, isFull } = now;
    const parts = [];
    if (isFull) parts.push(words.full);
    if (unsent) parts.push(fill(words.unsent, { n: unsent }));
    if (unsent && state === "login") parts.push(words.signIn);
    if (trouble.length) parts.push(fill(words.trouble, { n: trouble.length }));
    if (held.length) parts.push(fill(words.held, { n: held.length }));
    if (others.length) parts.push(fill(words.others, { n: others.length, name: names(store, others) || words.somebody }));
    if (!parts.length && sent) parts.push(words.all);
    if (oldest && Date.now() - oldest > OLD) parts.push(fill(words.oldest, { time: sayTime(oldest) }));
    else if (sent) parts.push(fill(words.sent, { time: sayTime(sent) }));
    line.textContent = parts.join(" · ");
    line.hidden = !parts.length;
    line.dataset.count = String(unsent);
    line.dataset.state = state;
    const isBad = isFull || trouble.length > 0 || (oldest && Date.now() - oldest > OLD);
    line.className = `sync evening-sign ${isBad ? "is-failed" : unsent || others.length ? "is-pending" : "is-saved"}`;
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => show().catch(() => {}), 100);
  };
  watch(soon);
  store.on(soon);
  return show();
}
