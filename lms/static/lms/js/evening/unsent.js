// Everything that this phone still has to say to the server, in words: who, what, when, and why it
// waits. Nothing on this screen makes anything disappear that is not safe somewhere else.

import { flush, keep, watch } from "../outbox.js";
import { authorOf, carry, letGo, retry } from "./moving.js";
import { toFile } from "./parcel.js";
import { names, reading } from "./sign.js";
import { fill, sayTime } from "./words.js";

const SHOWN = 100;

/** @type {(() => void) | null} */
let again = null;
// Which refused items were saved as a file, so that they may be taken off this phone.
const saved = new Set();

/** @param {HTMLElement} root @param {any} tools */
export function open(root, tools) {
  const { store, say } = tools;
  const words = root.querySelector("[data-unsent-words]").dataset;
  const find = (name) => root.querySelector(`[data-${name}]`);

  const told = (id) => store.staff().find((person) => person.id === id)?.name;
  const lessonOf = (item) => {
    for (const session of store.sessions()) {
      const lesson = session.lessons.find(({ id }) => id === item.lesson);
      if (lesson) return lesson.title;
    }
    return "";
  };

  /** What an item says. */
  function what(item) {
    const level = () => store.levels().find(([name]) => name === item.level)?.[1] || "";
    switch (item.kind) {
      case "mark": return words[`mark${item.status ? item.status[0].toUpperCase() + item.status.slice(1) : "None"}`] || item.status;
      case "arrival": return words.arrival;
      case "remark": return [item.home ? words.home : "", item.text].filter(Boolean).join(" · ") || words.remarkNone;
      case "note": return fill(words.note, { text: item.text });
      case "skill": return [lessonOf(item), level()].filter(Boolean).join(": ") || words.skill;
      case "paper": return fill(words.paper, { lesson: lessonOf(item), n: item.right });
      case "screen": return words.screen;
      case "recheck": return words.recheck;
      default: return words.thing;
    }
  }

  function row(item, arrivals) {
    const line = find("unsent-row").content.cloneNode(true);
    const person = item.person && (store.find(item.person)?.name || arrivals.get(item.person));
    line.querySelector("[data-whom]").textContent = item.name || person || (item.person ? words.person : "");
    line.querySelector("[data-what]").textContent = what(item);
    const author = authorOf(item);
    const isOther = author !== store.volunteer()?.id;
    line.querySelector("[data-when]").textContent = [
      sayTime(item.at + item.off),
      isOther ? fill(words.notedBy, { name: told(author) || words.somebody }) : "",
    ].filter(Boolean).join(" · ");
    const why = line.querySelector("[data-why]");
    why.textContent = item.says || "";
    why.hidden = !why.textContent;
    return line;
  }

  function fillList(name, list, arrivals) {
    const block = find(name);
    block.hidden = !list.length;
    block.querySelector("ul").replaceChildren(...list.slice(0, SHOWN).map((item) => row(item, arrivals)));
    const more = block.querySelector("[data-more]");
    more.hidden = list.length <= SHOWN;
    more.textContent = fill(words.more, { n: list.length - SHOWN });
  }

  async function show() {
    const now = await reading(store);
    const all = [...now.own, ...now.trouble, ...now.others, ...now.held];
    const arrivals = new Map(all.filter(({ kind }) => kind === "arrival").map(({ person, name }) => [person, name]));
    const isQuiet = !now.unsent && !now.trouble.length && !now.others.length;
    find("unsent-none").hidden = !isQuiet;
    find("unsent-none-sent").textContent = now.sent ? fill(words.sent, { time: sayTime(now.sent) }) : "";
    find("unsent-state").hidden = !now.unsent && !now.isFull && now.state !== "login";
    find("unsent-count").textContent = [
      now.unsent ? fill(words.unsent, { n: now.unsent }) : "",
      now.sent ? fill(words.sent, { time: sayTime(now.sent) }) : words.neverSent,
    ].filter(Boolean).join(" · ");
    find("unsent-reason").textContent = (now.isFull && words.full)
      || (now.unsent && words[`state${now.state ? now.state[0].toUpperCase() + now.state.slice(1) : ""}`]) || "";
    find("unsent-login").hidden = !(now.state === "login" && (now.unsent || now.others.length));
    find("unsent-login").querySelector("a").href = `/accounts/login/?next=${encodeURIComponent(location.pathname)}`;
    find("unsent-send").hidden = !now.unsent;
    find("unsent-hand").hidden = isQuiet;

    find("unsent-others").hidden = !now.others.length;
    find("unsent-others-words").textContent = fill(words.others, { n: now.others.length, name: names(store, now.others) || words.somebody });
    find("unsent-carry").hidden = !store.volunteer();
    find("unsent-learners").hidden = !now.learners;
    find("unsent-learners").textContent = fill(words.learners, { n: now.learners });

    fillList("unsent-waiting", now.own, arrivals);
    fillList("unsent-trouble", now.trouble, arrivals);
    fillList("unsent-others-list", now.others, arrivals);
    fillList("unsent-held", now.held, arrivals);
    const isSaved = now.trouble.length > 0 && now.trouble.every(({ id }) => saved.has(id));
    find("unsent-let-go").hidden = !isSaved;
  }

  const actions = {
    async send() {
      find("unsent-send").disabled = true;
      try {
        await flush();
      } finally {
        find("unsent-send").disabled = false;
      }
      const { unsent, trouble } = await reading(store);
      if (!unsent && !trouble.length) say(words.all, "good");
    },
    async carry() {
      const { others } = await reading(store);
      await carry(others.map(({ id }) => id), store.volunteer().who);
      await actions.send();
    },
    async retry() {
      const { trouble } = await reading(store);
      await retry(trouble.map(({ id }) => id));
      await flush();
    },
    async save() {
      const { trouble } = await reading(store);
      download(await toFile(trouble, Date.now()));
      for (const { id } of trouble) saved.add(id);
    },
    async letGo() {
      const { trouble } = await reading(store);
      const ids = trouble.map(({ id }) => id).filter((id) => saved.has(id));
      await letGo(ids);
      say(fill(words.gone, { n: ids.length }), "info");
    },
    // What the leader has on the server is seen there; here it is only a reminder.
    seen: () => keep(`held:${store.volunteer().who}`, undefined),
  };

  root.onclick = async ({ target }) => {
    const wish = target.closest("[data-do]")?.dataset.do;
    if (!wish) return;
    try {
      await actions[wish]();
    } catch {
      say(words.full, "bad");
    }
    await show();
  };
  const first = again === null;
  again = () => { if (!root.hidden) show().catch(() => {}); };
  if (first) {
    let timer;
    watch(() => {
      clearTimeout(timer);
      timer = setTimeout(() => again?.(), 150);
    });
  }
  return show();
}

/** @param {File} file */
export function download(file) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
