// What waits on a phone on which nobody is signed in: how much and whose, and no more. Whoever holds
// it now may be anybody; names, remarks and the way to another phone come back with a sign-in.

import { items, kept, watch } from "../outbox.js";
import { isStaffs } from "./moving.js";
import { fill } from "./words.js";

/** @type {(() => Promise<void>) | null} */
let again = null;

/** @param {HTMLElement} root */
export function open(root) {
  const words = root.querySelector("[data-nobody]").dataset;
  const find = (name) => root.querySelector(`[data-nobody-${name}]`);

  async function show() {
    const [all, accounts] = await Promise.all([items(), kept("left")]);
    const counts = new Map();
    for (const { who } of all.filter(isStaffs)) counts.set(who, (counts.get(who) || 0) + 1);
    const lines = [...counts].map(([who, n]) => fill(words.waits, { n, name: accounts?.[who] || words.somebody }));
    find("what").replaceChildren(...lines.map((line) => {
      const row = document.createElement("li");
      row.textContent = line;
      return row;
    }));
    find("what").hidden = !lines.length;
    find("safe").hidden = !lines.length;
    find("none").hidden = lines.length > 0;
    find("sign-in").href = `${words.login}?next=${encodeURIComponent("/evening/")}`;
  }

  if (!again) watch(() => { if (!root.hidden) again().catch(() => {}); });
  again = show;
  return show();
}
