// Another volunteer takes over the same phone, without network: what is noted from now on carries
// the new name; what was noted before stays the other's. The account that sends is the same.

import { fill } from "./words.js";

/** @param {HTMLElement} root @param {any} tools */
export function open(root, { store, say }) {
  const words = root.querySelector("[data-takeover]").dataset;
  const list = root.querySelector("[data-takeover-names]");
  const template = root.querySelector("[data-takeover-name]");
  const owner = store.volunteer()?.id;

  function show() {
    const now = store.actor()?.id;
    root.querySelector("[data-takeover-now]").textContent = fill(words.now, { name: store.actor()?.name || "" });
    const known = store.staff();
    const all = known.some(({ id }) => id === owner) || !owner ? known : [{ id: owner, name: store.volunteer().name }, ...known];
    list.replaceChildren(...all.map(({ id, name }) => {
      const item = template.content.cloneNode(true);
      const button = item.querySelector("button");
      button.value = String(id);
      button.setAttribute("aria-pressed", String(id === now));
      item.querySelector("[data-name]").textContent = name;
      item.querySelector("[data-owner]").hidden = id !== owner;
      return item;
    }));
    root.querySelector("[data-takeover-none]").hidden = all.length > 1;
  }

  list.onclick = async ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    try {
      await store.setActor(Number(button.value));
    } catch {
      say(words.full, "bad");
      return;
    }
    show();
    say(fill(words.done, { name: store.actor().name }), "good");
  };
  show();
}
