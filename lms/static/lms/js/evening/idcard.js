// What the QR on a chip card says of name, year of birth, sex and village; and nothing else of it.
//
// The code holds fields between bars: number | earlier number | name | ddmmyyyy | sex | address |
// day of issue, on newer cards more. The number, the whole day of birth, the address and the day of
// issue are read past: nothing here keeps, sends, shows or logs them, and what is returned is made
// of nothing but the four things that a person says at the door anyway. A test holds this.

import { findVillage, fold, readName } from "./names.js";

const A_NUMBER = /^[0-9]{9}$|^[0-9]{12}$/;
const A_DAY = /^([0-3][0-9])[/.-]?([01][0-9])[/.-]?([12][0-9]{3})$/;
const SEXES = new Map([["nam", "m"], ["male", "m"], ["m", "m"], ["nu", "f"], ["female", "f"], ["f", "f"]]);

/**
 * @param {string} text @param {[number, string][]} villages @param {number} thisYear
 * @returns {{name: string, year: number, sex: string, village: number | null} | null} null: it is
 *   not the code of such a card
 */
export function readCard(text, villages, thisYear) {
  const fields = text.split("|").map((field) => field.trim());
  if (fields.length < 5 || !A_NUMBER.test(fields[0])) return null;
  const born = fields.findIndex((field, place) => place > 0 && A_DAY.test(field));
  if (born < 2) return null;
  const { name, problem } = readName(fields[born - 1]);
  const year = Number(A_DAY.exec(fields[born])[3]);
  if (problem || year < 1900 || year > thisYear) return null;
  const after = fields.slice(born + 1);
  const said = after.findIndex((field) => SEXES.has(fold(field)));
  const address = after.find((field, place) => place > said && !A_DAY.test(field)) || "";
  return {
    name: spoken(name),
    year,
    sex: said < 0 ? "" : SEXES.get(fold(after[said])),
    village: findVillage(address, villages),
  };
}

/** Some cards write the whole name in capitals. */
const spoken = (name) => (name === name.toUpperCase() ? name.toLowerCase().replace(/(^|[ '\-])(\p{L})/gu, (whole) => whole.toUpperCase()) : name);
