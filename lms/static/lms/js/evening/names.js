// Names and years on a phone without network, understood as people/rules.py, places/rules.py and
// people/services/duplicates.py do on the server; a test compares the two: change both.
//
//   fold(text), nameKey(name)                 what two spellings have in common
//   likely({name, year, about, village}, people) → who of them may be the person described
//   readYear(text, thisYear)                  → {year, about} or {problem: "birth_year"}
//   readName(text)                            → {name} or {problem: "name_…" | "citizen_number"}
//   findVillage(address, villages)            → the number of the village that an address names
//   cleanCode(text)                           a card's short code as it is hashed
//
// Nothing here touches the page or the disk.

const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;
const APOSTROPHES = /[\u2018\u2019\u02bc\u02b9`\u00b4]/g;
const NAME_SIGNS = /^[\p{L}\p{M} '’\-.]*$/u;
// Twelve digits, with or without something between them: a citizen number.
const CITIZEN_NUMBER = /(?:^|\P{Nd})\p{Nd}(?:[ .\-]?\p{Nd}){11}(?!\p{Nd})/u;
const EARLIEST = 1900;
// How far apart two remembered years may be when one of them is a guess.
const SLACK_WHEN_ABOUT = 5;
const ABOUT_WORDS = new Set(["khoang", "tam", "chung", "gan", "ngoai", "hon", "do", "doan", "about", "around"]);
const AGE = /(?:^|[^0-9])([0-9]{1,3}) ?(?:tuoi|t|years?)(?![a-z])/;
const DAY = /(?:^|[^0-9])([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})(?![0-9])/;
// What people write before a village's name, folded: places.rules.VILLAGE_WORDS.
const VILLAGE_WORDS = ["to dan pho", "tdp", "to", "khu pho", "khu dan cu", "khu", "thon", "buon", "ban", "lang", "xom", "ap"];

const words = (text) => text.split(/\s+/u).filter(Boolean);

/** Composed letters, single spaces, nothing invisible. @param {string} text */
export const tidy = (text) => words(text.normalize("NFC").replace(INVISIBLE, "").replace(CONTROL, " ")).join(" ");

/** Without accents and capitals: "Đặng Thị Ngượng" is "dang thi nguong". @param {string} text */
export function fold(text) {
  // The bar of đ and ƀ is part of the letter: stripping marks alone would leave it.
  const plain = tidy(text).replace(/[\u0111\u0110]/g, "d").replace(/[\u0180\u0243]/g, "b").replace(APOSTROPHES, "'");
  return words(plain.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()).join(" ");
}

/** The words of a name in no order, i and y alike. @param {string} name */
export function nameKey(name) {
  const found = fold(name).replaceAll("'", "").match(/[\p{L}\p{N}_]+/gu) || [];
  return found.map((word) => word.replaceAll("y", "i")).sort().join(" ");
}

/** Two thousand neighbours are asked after each letter that is typed. @type {WeakMap<object, string>} */
const keys = new WeakMap();

function keyOf(person) {
  if (!keys.has(person)) keys.set(person, nameKey(person.name));
  return keys.get(person);
}

/** @param {number | null} one @param {number | null} other */
export const yearsAreClose = (one, other, slack = 1) => !one || !other || Math.abs(one - other) <= slack;

/**
 * Who may be the person described: the same words in any order, about the same year; whoever lives
 * in the same village comes first.
 *
 * @template {{name: string, year: number | null, about: boolean, village: number}} P
 * @param {{name: string, year?: number | null, about?: boolean, village?: number}} wanted
 * @param {P[]} people @returns {P[]}
 */
export function likely({ name, year = null, about = false, village }, people) {
  const key = nameKey(name);
  if (!key) return [];
  const isElsewhere = (person) => Number(person.village !== village);
  return people
    .filter((person) => yearsAreClose(person.year, year, about || person.about ? SLACK_WHEN_ABOUT : 1) && keyOf(person) === key)
    .sort((a, b) => isElsewhere(a) - isElsewhere(b));
}

/**
 * "1950", "khoảng 1950", "50", "75 tuổi", "1/7/1950", "1950 hay 1951".
 *
 * @param {string} text @param {number} thisYear
 * @returns {{year: number | null, about: boolean, problem?: string}}
 */
export function readYear(text, thisYear) {
  const said = fold(text);
  if (!said) return { year: null, about: false };
  let about = /[~≈?]/.test(said) || (said.match(/[a-z]+/g) || []).some((word) => ABOUT_WORDS.has(word));
  const numbers = (said.match(/[0-9]+/g) || []).map((digits) => [digits.length, Number(digits)]);
  const lengths = numbers.map(([length]) => length).join();
  const age = AGE.exec(said);
  const day = DAY.exec(said);
  let year = NaN;
  if (age) [year, about] = [thisYear - Number(age[1]), true];
  else if (day && exists(Number(day[4]), Number(day[3]), Number(day[1]))) year = Number(day[4]);
  else if (lengths === "4") year = numbers[0][1];
  else if (lengths === "2" && thisYear - 1900 - numbers[0][1] <= 100) year = 1900 + numbers[0][1];
  else if (lengths === "4,4" && Math.abs(numbers[0][1] - numbers[1][1]) <= 10) {
    [year, about] = [Math.floor((numbers[0][1] + numbers[1][1]) / 2), true];
  }
  if (!(year >= EARLIEST && year <= thisYear)) return { year: null, about: false, problem: "birth_year" };
  return { year, about };
}

const exists = (year, month, day) => month >= 1 && month <= 12 && year > 0 && day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();

/** @param {string} text @returns {{name: string, problem?: string}} */
export function readName(text) {
  if (hasCitizenNumber(text)) return { name: "", problem: "citizen_number" };
  const name = tidy(text);
  const length = [...name].length;
  if (length < 2 || length > 100) return { name, problem: "name_length" };
  if (!NAME_SIGNS.test(name) || !/\p{L}/u.test(name)) return { name, problem: "name_signs" };
  return { name };
}

/** @param {string} text */
export const hasCitizenNumber = (text) => CITIZEN_NUMBER.test(text);

/** A place's folded name, and the same without "thôn", "xóm" … before it. */
function spellings(text) {
  const whole = fold(text).replace(/[^\p{L}\p{N} ]/gu, " ").replace(/\s+/g, " ").trim();
  const said = VILLAGE_WORDS.find((word) => whole.startsWith(`${word} `));
  return [whole, said ? whole.slice(said.length + 1) : whole];
}

/**
 * The village that an address begins with, where exactly one of those known here is called so.
 *
 * @param {string} address @param {[number, string][]} villages
 * @returns {number | null}
 */
export function findVillage(address, villages) {
  const known = villages.map(([id, name]) => [id, ...spellings(name)]);
  for (const part of address.split(",")) {
    const [whole, bare] = spellings(part);
    if (!bare) continue;
    for (const found of [known.filter(([, name]) => name === whole), known.filter(([, , name]) => name === bare)]) {
      if (found.length === 1) return found[0][0];
      if (found.length) return null;
    }
  }
  return null;
}

/** Capitals, without the space in its middle. @param {string} text */
export const cleanCode = (text) => (text.toUpperCase().match(/[\p{L}\p{N}]/gu) || []).join("").slice(0, 40);
