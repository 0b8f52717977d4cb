// How an evening's screen says numbers and times.

const ZONE = "Asia/Ho_Chi_Minh";
const shape = (options) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: ZONE, ...options });

const HOUR = shape({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = shape({ weekday: "long", day: "2-digit", month: "2-digit" });

/** Put words in the places of a sentence: {name}. @param {string} text @param {Record<string, any>} values */
export const fill = (text, values) => Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, () => value), text);

/** @param {number} time */
export const sayHour = (time) => HOUR.format(time);

/** @param {number} time */
export const sayDay = (time) => DAY.format(time);

/** The hour, and the day where it is another than today. @param {number} time */
export const sayTime = (time) => (sayDay(time) === sayDay(Date.now()) ? sayHour(time) : `${sayHour(time)}, ${sayDay(time)}`);
