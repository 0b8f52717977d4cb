// What waits on this phone, handed to another one without network: as a file, or as QR codes that
// the other phone reads from this one's screen. It stays here as well until the server has it;
// whichever phone is first, nothing counts twice.

import { encodeQR } from "../../../vendor/qr/index.js";
import { flush, items } from "../outbox.js";
import { authorOf, isStaffs, take } from "./moving.js";
import { fromFile, Gathering, Refused, toCodes, toFile } from "./parcel.js";
import { download } from "./unsent.js";
import { fill } from "./words.js";

// How long a code stands still: a cheap phone's camera needs a moment.
const PACE = 800;

let turning;
/** @type {AbortController | null} */
let watching = null;

const waiting = async () => (await items()).filter(isStaffs);

/** @param {HTMLElement} root @param {any} tools */
export async function open(root, tools) {
  const { store, say } = tools;
  const words = root.querySelector("[data-handover]").dataset;
  const find = (name) => root.querySelector(`[data-${name}]`);
  let codes = [];
  let shown = 0;

  async function show() {
    const all = await waiting();
    find("give-count").textContent = all.length ? fill(words.count, { n: all.length }) : words.nothing;
    find("give").hidden = !all.length;
    find("give-share").hidden = !navigator.canShare?.({ files: [new File(["{}"], "a.json", { type: "application/json" })] });
    find("give-codes").hidden = !self.CompressionStream;
    find("receive").hidden = !store.volunteer();
    find("receive-none").hidden = Boolean(store.volunteer());
  }

  // --- giving ---

  function draw() {
    const squares = encodeQR(codes[shown], "raw", { ecc: "low", encoding: "alphanumeric", border: 4 });
    const canvas = find("canvas");
    canvas.width = squares.length;
    canvas.height = squares.length;
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.fillStyle = "#000";
    squares.forEach((line, y) => line.forEach((isDark, x) => { if (isDark) ink.fillRect(x, y, 1, 1); }));
    find("code-count").textContent = fill(words.code, { n: shown + 1, of: codes.length });
  }

  function turn(by) {
    shown = (shown + by + codes.length) % codes.length;
    draw();
  }

  function rest(isResting) {
    clearInterval(turning);
    turning = isResting || codes.length < 2 ? undefined : setInterval(() => turn(1), PACE);
    find("code-rest").hidden = isResting || codes.length < 2;
    find("code-go").hidden = !isResting || codes.length < 2;
  }

  // --- receiving ---

  async function receive(came) {
    const { who, id } = store.volunteer();
    const fresh = await take(came, who);
    const whose = [...new Set(came.map(authorOf))].filter((author) => author !== id)
      .map((author) => store.staff().find((person) => person.id === author)?.name || words.somebody);
    say([
      fill(words.taken, { n: fresh }),
      came.length > fresh ? fill(words.known, { n: came.length - fresh }) : "",
      whose.length ? fill(words.whose, { names: whose.join(", ") }) : "",
    ].filter(Boolean).join(" "), "good");
    flush().catch(() => {});
  }

  const refuse = (error) => say(error instanceof Refused ? words[`refused_${error.message}`] : words.full, "bad");

  async function scan() {
    const gathering = new Gathering();
    const told = find("scan-count");
    find("scanner").hidden = false;
    told.textContent = words.scanFirst;
    const heard = async (text) => {
      const said = gathering.add(text);
      if (said === "foreign") told.textContent = words.foreign;
      if (said !== "new") return;
      told.textContent = fill(words.scanned, { n: gathering.parts.size, of: gathering.of });
      navigator.vibrate?.(40);
      if (!gathering.isWhole) return;
      stopScanning();
      try {
        await receive(await gathering.open());
      } catch (error) {
        refuse(error);
      }
      await show();
    };
    watching = new AbortController();
    const { signal } = watching;
    try {
      const { scanner } = await import("./camera.js");
      await scanner(find("video"), heard, { signal });
    } catch {
      stopScanning();
      say(words.noCamera, "warn");
    }
  }

  function stopScanning() {
    watching?.abort();
    watching = null;
    find("scanner").hidden = true;
  }

  const actions = {
    async file() {
      download(await toFile(await waiting(), Date.now()));
    },
    async share() {
      const file = await toFile(await waiting(), Date.now());
      await navigator.share({ files: [file] }).catch(() => {});
    },
    async codes() {
      codes = await toCodes(await waiting());
      shown = 0;
      find("codes").hidden = false;
      draw();
      rest(false);
      find("codes").scrollIntoView({ block: "start" });
    },
    next: () => { rest(true); turn(1); },
    before: () => { rest(true); turn(-1); },
    rest: () => rest(true),
    go: () => rest(false),
    hide() {
      rest(true);
      find("codes").hidden = true;
    },
    scan,
    stop: stopScanning,
  };

  root.onclick = ({ target }) => {
    const wish = target.closest("[data-do]")?.dataset.do;
    if (wish) Promise.resolve(actions[wish]()).catch(refuse);
  };
  find("file").onchange = async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    try {
      await receive(await fromFile(file));
    } catch (error) {
      refuse(error);
    }
    target.value = "";
    await show();
  };
  actions.hide();
  stopScanning();
  await show();
}

/** Neither the codes nor the camera go on when nobody looks. */
export function close(root) {
  clearInterval(turning);
  watching?.abort();
  watching = null;
  root.querySelector("[data-codes]").hidden = true;
  root.querySelector("[data-scanner]").hidden = true;
}
