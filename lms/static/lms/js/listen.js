// "Nghe": reads the page's words aloud, one part after the other. A recording (data-audio) comes
// first; then a Vietnamese voice of the device. A voice of another language never reads Vietnamese:
// it would only confuse. Where there is neither, the page says to ask somebody to read.

/** @type {HTMLAudioElement | null} */
let audio = null;
/** @type {HTMLButtonElement | null} */
let active = null;

/** @param {string} lang @returns {Promise<SpeechSynthesisVoice | undefined>} */
function findVoice(lang) {
  const synth = window.speechSynthesis;
  if (!synth) return Promise.resolve(undefined);
  const pick = () => synth.getVoices().find((v) => v.lang.toLowerCase().startsWith(lang));
  const now = pick();
  if (now || synth.getVoices().length) return Promise.resolve(now);
  return new Promise((resolve) => {
    const done = () => resolve(pick());
    synth.addEventListener("voiceschanged", done, { once: true });
    setTimeout(done, 2000);
  });
}

/** @param {string} url @returns {Promise<boolean>} whether it was played to its end */
function play(url) {
  return new Promise((resolve) => {
    audio = new Audio(url);
    audio.addEventListener("ended", () => resolve(true));
    audio.addEventListener("error", () => resolve(false));
    audio.play().catch(() => resolve(false));
  });
}

/** @param {HTMLElement} part @param {SpeechSynthesisVoice} voice @returns {Promise<boolean>} */
function speak(part, voice) {
  return new Promise((resolve) => {
    const words = new SpeechSynthesisUtterance(part.innerText);
    words.voice = voice;
    words.lang = voice.lang;
    words.rate = 0.9;
    words.addEventListener("end", () => resolve(true));
    words.addEventListener("error", () => resolve(false));
    window.speechSynthesis.speak(words);
  });
}

function stop() {
  audio?.pause();
  audio = null;
  window.speechSynthesis?.cancel();
  active?.setAttribute("aria-pressed", "false");
  active = null;
}

/** @param {HTMLElement} part @returns {Promise<boolean>} */
async function read(part) {
  const url = part.dataset.audio;
  if (url && (await play(url))) return true;
  const lang = (part.closest("[lang]")?.getAttribute("lang") || "vi").slice(0, 2);
  const voice = await findVoice(lang);
  return voice ? speak(part, voice) : false;
}

/** @param {HTMLButtonElement} button @param {HTMLElement[]} parts */
async function readAll(button, parts) {
  stop();
  active = button;
  button.setAttribute("aria-pressed", "true");
  let heard = false;
  for (const part of parts) {
    if (active !== button) return;
    heard = (await read(part)) || heard;
  }
  if (active !== button) return;
  stop();
  const sorry = document.querySelector("[data-listen-sorry]");
  if (sorry && !heard) sorry.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-listen]");
  if (!button) return;
  if (button === active) return stop();
  const one = button.dataset.listen && document.getElementById(button.dataset.listen);
  const main = document.querySelector("main");
  const all = main ? [...main.querySelectorAll("[data-speak]")] : [];
  return readAll(button, one ? [one] : all.length ? all : main ? [main] : []);
});

window.addEventListener("pagehide", stop);
