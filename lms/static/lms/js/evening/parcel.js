// What waits on a phone, wrapped up for another phone: as a file, or as a series of QR codes that
// may be read in any order. A parcel that is not whole is refused whole.

import { wire } from "../outbox.js";
import { isNoted } from "./shape.js";

/** @typedef {import("../outbox.js").Item} Item */

const LARGEST = 4 * 1024 * 1024;
const MOST = 2000;
// So many letters a code: a QR code that a cheap phone reads from another one's screen.
const LETTERS = 360;
const CODE = /^TN1\/([0-9A-F]{16})\/(\d{1,3})\/(\d{1,3})\/([0-9A-Z $%*+\-./:]+)$/;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** Why a parcel is not taken: not_ours, broken, too_large. */
export class Refused extends Error {}

const bytesOf = (text) => new TextEncoder().encode(text);

async function digest(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function through(stream, bytes) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** Unpack no more than a file may hold: a few letters can stand for very much. */
async function unpacked(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    size += value.length;
    if (size > LARGEST) {
      reader.cancel().catch(() => {});
      throw new Refused("broken");
    }
    parts.push(value);
  }
}

/** @returns {Item[]} if that is what it is */
function checked(items) {
  if (!Array.isArray(items)) throw new Refused("broken");
  if (items.length > MOST) throw new Refused("too_large");
  if (!items.every(isNoted)) throw new Refused("broken");
  return items.map((item) => wire(item));
}

// --- as a file --------------------------------------------------------------------

/** @param {Item[]} items @param {number} now */
export async function toFile(items, now) {
  const sent = items.map((item) => wire(item));
  const sum = await digest(bytesOf(JSON.stringify(sent)));
  const text = JSON.stringify({ app: "tramngay", parcel: 1, made: now, digest: sum, items: sent }, null, 1);
  // Nobody's name stands in the name of a file that lies about in a telephone.
  const day = new Date(now + 7 * 60 * 60 * 1000).toISOString().slice(0, 16).replace(/[-:]/g, "").replace("T", "-");
  return new File([text], `tram-ngay-chua-gui-${day}.json`, { type: "application/json" });
}

/** @param {Blob} file @returns {Promise<Item[]>} */
export async function fromFile(file) {
  if (file.size > LARGEST) throw new Refused("too_large");
  let read;
  try {
    read = JSON.parse(await file.text());
  } catch {
    throw new Refused("broken");
  }
  if (read?.app !== "tramngay" || read.parcel !== 1) throw new Refused("not_ours");
  if (read.digest !== (await digest(bytesOf(JSON.stringify(read.items))))) throw new Refused("broken");
  return checked(read.items);
}

// --- as codes ---------------------------------------------------------------------

function letters(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let rest = isPair ? bytes[at] * 256 + bytes[at + 1] : bytes[at];
    for (let place = isPair ? 3 : 2; place; place -= 1) {
      text += ALPHABET[rest % 45];
      rest = Math.floor(rest / 45);
    }
  }
  return text;
}

function unlettered(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = [...text.slice(at, at + 3)].map((letter) => ALPHABET.indexOf(letter));
    const value = part.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (part.length === 3) bytes.push(value >> 8, value & 255);
    else bytes.push(value);
  }
  return new Uint8Array(bytes);
}

/** @param {Item[]} items @returns {Promise<string[]>} what each code says */
export async function toCodes(items) {
  const bytes = bytesOf(JSON.stringify(items.map((item) => wire(item))));
  const packed = await through(new CompressionStream("deflate"), bytes);
  const sum = (await digest(packed)).slice(0, 16).toUpperCase();
  const text = letters(packed);
  const of = Math.ceil(text.length / LETTERS);
  return Array.from({ length: of }, (_one, index) => (
    `TN1/${sum}/${index + 1}/${of}/${text.slice(index * LETTERS, (index + 1) * LETTERS)}`
  ));
}

/** Gathers the codes of one parcel, in whatever order they are read. */
export class Gathering {
  constructor() {
    this.sum = "";
    this.of = 0;
    /** @type {Map<number, string>} */
    this.parts = new Map();
  }

  /** @param {string} text @returns {"new" | "known" | "foreign"} */
  add(text) {
    const [, sum, number, of, part] = CODE.exec(text) || [];
    if (!sum || Number(number) < 1 || Number(number) > Number(of)) return "foreign";
    // Another parcel is held up to the camera: the first one is begun anew when it comes again.
    if (sum !== this.sum || Number(of) !== this.of) Object.assign(this, { sum, of: Number(of), parts: new Map() });
    if (this.parts.has(Number(number))) return "known";
    this.parts.set(Number(number), part);
    return "new";
  }

  get isWhole() {
    return this.of > 0 && this.parts.size === this.of;
  }

  /** @returns {Promise<Item[]>} */
  async open() {
    const text = Array.from({ length: this.of }, (_one, index) => this.parts.get(index + 1)).join("");
    try {
      const packed = unlettered(text);
      if ((await digest(packed)).slice(0, 16).toUpperCase() !== this.sum) throw new Refused("broken");
      const bytes = await unpacked(packed);
      return checked(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (error) {
      this.parts = new Map();
      throw error instanceof Refused ? error : new Refused("broken");
    }
  }
}
