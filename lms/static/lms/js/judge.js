// Judges answers on a phone without network, as courses/rules/questions does on the server; what
// a question and an answer look like is written there. A test compares the two: change both.
//
//   grade(question, answer) → boolean
//   explain(question, answer) → {is_right, is_unsure, is_incomplete, remarks, explanation}
//   readReply(question, new FormData(form, submitter)) → {answer, order, moved, pairs, is_empty}
//   score(questions, answers), hasPassed(questions, answers, perCent), firstAnswers(every)
//
// Nothing here touches the page. An answer that makes no sense is wrong, never an error.

/**
 * @typedef {{id: string, text: string, correct?: boolean, feedback?: string, match?: string}} Option
 * @typedef {{id: string, kind: string, text?: string, options?: Option[], explanation?: string,
 *   answer?: string, tolerance?: string, unit?: string, accepted?: string[], feedback?: string}} Question
 * @typedef {string | string[]} Answer
 */

export const UNSURE = "unsure";
export const PASS_PER_CENT = 60;
const TYPED = ["number", "text"];
const LONGEST_SAID = 100;

/** @param {Question} question @param {unknown} answer */
export function grade(question, answer) {
  const options = question.options ?? [];
  const right = options.filter((option) => option.correct).map((option) => option.id);
  const chosen = ids(answer);
  if (chosen.length === 1 && chosen[0] === UNSURE) return false;
  const said = chosen.length === 1 ? chosen[0] : "";
  switch (question.kind) {
    case "single":
    case "true_false":
    case "picture":
      return chosen.length === 1 && right.includes(chosen[0]);
    case "several":
    case "spot":
      return right.length > 0 && chosen.length === right.length && isSameSet(chosen, right);
    case "order":
      return options.length > 0 && chosen.length === options.length && options.every((option, n) => option.id === chosen[n]);
    case "match":
      return options.length > 0 && chosen.length === options.length && mismatched(options, chosen).length === 0;
    case "number":
      return isNear(said, question.answer ?? "", question.tolerance || "0");
    case "text":
      return (question.accepted ?? []).some((spelling) => isSameText(said, spelling));
  }
  return false;
}

/** @param {Question} question @param {unknown} answer */
export function explain(question, answer) {
  const chosen = ids(answer);
  const isRight = grade(question, answer);
  const isUnsure = chosen.length === 1 && chosen[0] === UNSURE;
  const options = question.options ?? [];
  const right = new Set(options.filter((option) => option.correct).map((option) => option.id));
  const different = new Set(chosen);
  return {
    is_right: isRight,
    is_unsure: isUnsure,
    is_incomplete: chosen.length > 0 && different.size < right.size && chosen.every((id) => right.has(id)),
    remarks: remarks(question, options, chosen, isRight, isUnsure)
      .filter(([, feedback]) => feedback)
      .map(([text, feedback]) => ({ text, feedback })),
    explanation: question.explanation ?? "",
  };
}

/** @param {Question[]} questions @param {Record<string, unknown>} answers */
export function score(questions, answers) {
  return questions.filter((question) => grade(question, answers?.[question.id])).length;
}

/** @param {Question[]} questions @param {Record<string, unknown>} answers */
export function hasPassed(questions, answers, perCent = PASS_PER_CENT) {
  return questions.length > 0 && score(questions, answers) * 100 >= perCent * questions.length;
}

/** Only the first answer to each question counts. @param {Record<string, Answer[]>} every */
export function firstAnswers(every) {
  return Object.fromEntries(Object.entries(every).filter(([, given]) => given.length).map(([id, given]) => [id, given[0]]));
}

/**
 * Read what a question's form sends. `answer` is null while nothing is answered: a row was moved,
 * a pair was made, or nothing was chosen (`is_empty`).
 * @param {Question} question @param {FormData} data
 */
export function readReply(question, data) {
  const sent = data.getAll("answer").filter((value) => typeof value === "string");
  const rows = (question.options ?? []).map((option) => option.id);
  const reply = { answer: /** @type {Answer | null} */ (null), order: [], moved: "", pairs: {}, is_empty: false, said: "" };
  const given = [...new Set(data.getAll("order"))].filter((row) => rows.includes(row));
  reply.order = given;
  if (sent.includes(UNSURE)) return { ...reply, answer: UNSURE };
  if (question.kind === "order") {
    const [row, way] = halves(String(data.get("move") ?? ""));
    if (reply.order.includes(row) && (way === "up" || way === "down")) {
      return { ...reply, order: moveRow(reply.order, row, way), moved: row };
    }
    return { ...reply, answer: sent.includes("done") && given.length === rows.length ? given : null };
  }
  if (question.kind === "several" || question.kind === "spot") {
    const chosen = [...new Set(sent)].filter((id) => rows.includes(id));
    return { ...reply, answer: chosen.length ? chosen : null, is_empty: sent.includes("done") && !chosen.length };
  }
  if (question.kind === "match") {
    const pairs = {};
    for (const pair of data.get("restart") ? [] : data.getAll("pair")) {
      const [row, partner] = halves(String(pair));
      if (rows.includes(row) && rows.includes(partner)) pairs[row] = partner;
    }
    const isDone = rows.length > 0 && rows.every((row) => row in pairs);
    return { ...reply, pairs, answer: isDone ? rows.map((row) => pairs[row]) : null };
  }
  if (TYPED.includes(question.kind)) {
    const said = Array.from((sent[0] ?? "").trim().replace(/\s+/gu, " ")).slice(0, LONGEST_SAID).join("");
    const couldBe = question.kind === "number" ? /[0-9]/.test(said) : said !== "";
    return { ...reply, said, answer: couldBe ? said : null, is_empty: sent.length > 0 && !couldBe };
  }
  return { ...reply, answer: sent.length ? sent[0] : null };
}

/** @param {unknown} answer @returns {string[]} */
function ids(answer) {
  if (typeof answer === "string") return [answer];
  return Array.isArray(answer) ? answer.filter((value) => typeof value === "string") : [];
}

function remarks(question, options, chosen, isRight, isUnsure) {
  if (TYPED.includes(question.kind)) {
    return [[chosen[0] ?? "", isRight || isUnsure ? "" : question.feedback]];
  }
  let told;
  if (question.kind === "order") {
    // Only the rows that lie wrong need a word.
    const wrong = chosen.filter((row, n) => n < options.length && row !== options[n].id);
    told = isRight ? [] : options.filter((option) => wrong.includes(option.id));
  } else if (question.kind === "match") {
    told = isRight || isUnsure ? [] : mismatched(options, chosen);
  } else {
    told = options.filter((option) => chosen.includes(option.id));
  }
  return told.map((option) => [option.text, option.feedback]);
}

function mismatched(options, chosen) {
  const partner = new Map(options.map((option) => [option.id, option.match]));
  return options.filter((option, n) => n < chosen.length && (!partner.has(chosen[n]) || partner.get(chosen[n]) !== option.match));
}

function isSameSet(some, others) {
  return new Set(some).size === new Set(others).size && some.every((value) => others.includes(value));
}

function halves(text) {
  const colon = text.indexOf(":");
  return colon < 0 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}

function moveRow(order, row, way) {
  const moved = [...order];
  const here = moved.indexOf(row);
  const there = here + (way === "up" ? -1 : 1);
  if (there >= 0 && there < moved.length) [moved[here], moved[there]] = [moved[there], moved[here]];
  return moved;
}

// What was typed: tolerance.py, step by step.

const DECIMALS = 6;
const LONGEST = 21;
const ONE_NUMBER = /^([^0-9]*?)([-\u2212]?)([0-9][0-9., \t\r\n]*)([^0-9]*)$/;
const TIMES = { nghin: 3, ngan: 3, k: 3, trieu: 6, tr: 6, ty: 9, ti: 9 };
const MONTHS = {
  gieng: 1, mot: 1, hai: 2, ba: 3, tu: 4, bon: 4, nam: 5, sau: 6,
  bay: 7, tam: 8, chin: 9, muoi: 10, "muoi mot": 11, "muoi hai": 12, chap: 12,
  january: 1, february: 2, march: 3, april: 4, may: 5, june: 6, july: 7,
  august: 8, september: 9, october: 10, november: 11, december: 12,
};
const NAMES = Object.keys(MONTHS).sort((a, b) => b.length - a.length).join("|");
const YEAR = "([0-9]{4}|[0-9]{2})";
/** @type {[RegExp, string][]} */
const DATES = [
  [/^([0-9]{4}) ([0-9]{1,2}) ([0-9]{1,2})$/, "ymd"],
  [new RegExp(`^(?:ngay )?([0-9]{1,2}) ([0-9]{1,2})(?: (?:nam )?${YEAR})?$`), "dmy"],
  [/^([0-9]{2})([0-9]{2})([0-9]{4})$/, "dmy"],
  [new RegExp(`^(?:ngay )?(?:mung |mong )?([0-9]{1,2}) thang ([0-9]{1,2}|${NAMES})(?: (?:nam )?${YEAR})?$`), "dmy"],
  [new RegExp(`^([0-9]{1,2}) (${NAMES})(?: ${YEAR})?$`), "dmy"],
  [new RegExp(`^(${NAMES}) ([0-9]{1,2})(?: ${YEAR})?$`), "mdy"],
];

/** Small letters without accents and signs, one space between words. @param {string} text */
export function bare(text) {
  const letters = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const plain = letters.replace(/đ/g, "d").replace(/ƀ/g, "b").replace(/ς/g, "σ");
  return plain.replace(/[^\p{L}\p{M}\p{N}]/gu, " ").split(" ").filter(Boolean).join(" ");
}

function isSameText(said, accepted) {
  const date = readDate(accepted);
  if (date) return isSameDate(readDate(said), date);
  const wanted = bare(accepted).replaceAll(" ", "");
  return wanted !== "" && bare(said).replaceAll(" ", "") === wanted;
}

function isNear(said, answer, tolerance) {
  const wanted = plainNumber(answer);
  const room = plainNumber(tolerance);
  if (wanted === null || room === null) return false;
  return readNumbers(said).some((value) => value - wanted <= room && wanted - value <= room);
}

function readNumbers(said) {
  const found = ONE_NUMBER.exec(said.normalize("NFKC"));
  if (!found) return [];
  const digits = found[3].replace(/[ \t\r\n]/g, "").replace(/[.,]+$/, "");
  if (digits.length > LONGEST) return [];
  const values = [];
  let way;
  if (/^[0-9]+$/.test(digits)) values.push(millionths(digits, ""));
  if ((way = /^([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?$/.exec(digits))) {
    values.push(millionths(way[1].replaceAll(".", ""), way[2] ?? ""));
  } else if ((way = /^([0-9]+)\.([0-9]+)$/.exec(digits))) {
    values.push(millionths(way[1], way[2]));
  }
  if ((way = /^([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?$/.exec(digits))) {
    values.push(millionths(way[1].replaceAll(",", ""), way[2] ?? ""));
  }
  if ((way = /^([0-9]+),([0-9]+)$/.exec(digits))) values.push(millionths(way[1], way[2]));
  const word = bare(found[4]).split(" ")[0];
  if (Object.hasOwn(TIMES, word)) {
    const times = 10n ** BigInt(TIMES[word]);
    values.push(...values.map((value) => value * times));
  }
  return found[2] ? values.map((value) => -value) : values;
}

function readDate(text) {
  const words = bare(text);
  for (const [pattern, order] of DATES) {
    const found = pattern.exec(words);
    if (!found) continue;
    const part = Object.fromEntries([...order].map((letter, n) => [letter, found[n + 1] ?? ""]));
    const day = Number(part.d);
    const month = Object.hasOwn(MONTHS, part.m) ? MONTHS[part.m] : Number(part.m);
    if (day >= 1 && day <= 31 && month >= 1 && month <= 12) return { day, month, year: part.y };
  }
  return null;
}

function isSameDate(said, wanted) {
  if (!said || said.day !== wanted.day || said.month !== wanted.month) return false;
  if (!wanted.year) return true;
  if (!said.year) return false;
  if (said.year === wanted.year) return true;
  // "60" is 1960 where that was asked for.
  return Math.min(said.year.length, wanted.year.length) === 2 && said.year.slice(-2) === wanted.year.slice(-2);
}

function plainNumber(text) {
  const found = typeof text === "string" ? /^(-?)([0-9]{1,15})(?:\.([0-9]+))?$/.exec(text) : null;
  if (!found) return null;
  const value = millionths(found[2], found[3] ?? "");
  return found[1] ? -value : value;
}

function millionths(whole, part) {
  return BigInt(whole + part.slice(0, DECIMALS).padEnd(DECIMALS, "0"));
}
