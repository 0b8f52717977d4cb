// What a volunteer writes down about the evening; nobody's note replaces another's.

import { sayTime } from "./words.js";

let tools;

export function open(root, given) {
  tools = given;
  const form = root.querySelector("[data-note]");
  form.onsubmit = (event) => {
    event.preventDefault();
    write(root, form);
  };
  draw(root);
}

async function write(root, form) {
  const field = form.querySelector("textarea");
  if (!field.value.trim()) return tools.say(form.dataset.empty, "warn");
  try {
    await tools.store.act.note(field.value);
  } catch {
    return tools.say(tools.words.unkept, "bad");
  }
  field.value = "";
  draw(root);
  return tools.say(form.dataset.kept, "good");
}

function draw(root) {
  root.querySelector("[data-notes]").replaceChildren(...tools.store.evening().notes.map(({ at, text }) => {
    const row = document.createElement("li");
    const time = document.createElement("time");
    time.textContent = sayTime(at);
    row.append(time, ` ${text}`);
    return row;
  }));
}
