// On staff's own pages: whoever signs out with something unsent is asked first. It stays on this
// phone; the names of the people in the classes do not.

import { flush, forgetIdentity, kept, status } from "../outbox.js";

const LEAVE = "/accounts/logout/";

/** @type {HTMLDialogElement | null} */
const dialog = document.querySelector("[data-staff-leaving]");
const { who, one, many } = dialog?.dataset ?? {};

/** Take whoever's evenings are on this phone off it; what waits to be sent stays. */
async function forget(whose) {
  const store = await import("./store.js");
  await store.forget(whose);
  forgetIdentity();
}

/** Somebody else has signed in: the names on this phone were not meant for him or her. */
async function tidy() {
  const volunteer = await kept("volunteer");
  if (volunteer && volunteer.who !== who) await forget(volunteer.who);
}

async function waiting() {
  const { unsent, trouble } = await status(who);
  return unsent + trouble.length;
}

async function leave(event) {
  const form = event.target.closest("form");
  if (!form || new URL(form.action).pathname !== LEAVE || form.dataset.asked) return;
  event.preventDefault();
  const go = async () => {
    form.dataset.asked = "";
    await forget(who).catch(() => {});
    form.submit();
  };
  const left = await waiting().catch(() => 0);
  if (!left) return go();
  const say = (n) => {
    dialog.querySelector("[data-leaving-words]").textContent = n === 1 ? one : many.replace("{n}", String(n));
  };
  say(left);
  dialog.onclick = async ({ target }) => {
    const wish = target.closest("[data-leave]")?.dataset.leave;
    if (wish === "stay") dialog.close();
    if (wish === "go") go();
    if (wish !== "send") return;
    await flush().catch(() => {});
    const still = await waiting();
    if (still) say(still);
    else go();
  };
  dialog.showModal();
}

if (dialog) {
  document.addEventListener("submit", leave);
  // Where evenings are kept, phone.js changes them for those of whoever is signed in.
  if (!("keeps" in dialog.dataset)) tidy().catch(() => { /* No disk: nothing was kept either. */ });
}
