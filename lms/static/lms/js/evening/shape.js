// What an item of each kind may say, as the server reads it (progress/services/sync/). What comes
// from another phone is looked at before it lies beside one's own: a page draws it from the disk.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// No item needs a longer text, of whatever field.
const LONGEST = 1000;
// Beyond it there are no dates any more.
const LAST_MOMENT = 8.64e15;

const uuid = (value) => typeof value === "string" && UUID.test(value);
const pk = (value) => Number.isSafeInteger(value) && value > 0;
const flag = (value) => typeof value === "boolean";
const whole = (low, high) => (value) => Number.isSafeInteger(value) && value >= low && value <= high;
const text = (longest) => (value) => typeof value === "string" && value.length <= longest;
const oneOf = (...known) => (value) => known.includes(value);
const optional = (is) => (value) => value === undefined || value === null || is(value);

/** @type {Record<string, Record<string, (value: any) => boolean>>} */
const KINDS = {
  mark: { session: pk, person: uuid, status: oneOf("", "present", "late", "excused", "absent"), base: optional(uuid), how: optional(oneOf("tap", "card", "paper")) },
  arrival: {
    session: pk, person: uuid, name: text(100), year: optional(whole(1, 9999)), about: optional(flag), village: pk,
    sex: optional(oneOf("", "f", "m")), phone_kind: optional(text(20)), consent: text(20),
  },
  remark: { session: pk, person: uuid, text: optional(text(200)), home: optional(flag) },
  note: { session: pk, text: text(1000) },
  skill: { session: optional(pk), person: uuid, lesson: pk, level: oneOf("", "not_yet", "helped", "alone", "done") },
  paper: { session: pk, person: uuid, attempt: uuid, lesson: pk, right: whole(0, 999) },
  screen: { session: pk, lesson: pk, block: optional(uuid), screen: optional(whole(1, 999)), note: optional(text(200)) },
  recheck: { enrolment: pk, person: optional(uuid), days: whole(1, 99), outcome: oneOf("kept", "helped", "lost", "away"), remark: optional(text(200)), shift: optional(pk) },
};
const OF_EACH = { id: uuid, device: uuid, who: (value) => text(30)(value) && /^staff:\d+$/.test(value), seq: whole(0, Number.MAX_SAFE_INTEGER), by: optional(pk) };

/** Tell whether this can be what a volunteer noted on a phone. @param {any} item */
export function isNoted(item) {
  if (!item || typeof item !== "object" || !Object.hasOwn(KINDS, item.kind)) return false;
  const says = ([name, is]) => is(item[name]);
  // A newer app may say more of a kind; it is as small as the rest.
  const isPlain = (value) => value === null || (typeof value === "string" ? value.length <= LONGEST : typeof value !== "object");
  return [...Object.entries(OF_EACH), ...Object.entries(KINDS[item.kind])].every(says)
    && [item.at, item.off].every(Number.isSafeInteger) && Math.abs(item.at + item.off) <= LAST_MOMENT
    && Object.values(item).every(isPlain);
}
