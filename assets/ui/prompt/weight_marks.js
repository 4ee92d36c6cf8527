/** Marks of word weights in a prompt, as A1111, compel and NovelAI write them: found, and taken out. */

const TAG = /<[^<>]*>/g; // a LoRA's tag has a weight of its own
const ESCAPED = /\\([()[\]{}\\])/g;
const FIRST_PRIVATE = 0xe000; // private characters stand for what stays as it is
const NUMBER = "\\d*\\.?\\d+";
/** A number behind a word, or any with a decimal point: `(16:9)` is a shape. */
const WEIGHT = `(?:[^\\d\\s:(]\\s*:\\s*[+-]?${NUMBER}|:\\s*[+-]?\\d*\\.\\d+)\\s*`;
const BREAK = /(?<![\p{L}\p{N}_])BREAK(?![\p{L}\p{N}_])/gu;
const SHOUTED = /[A-Z]{2,}\s+BREAK|BREAK\s+[A-Z]{2,}/;

/** In the order in which one is shown. */
const MARKS = [
  new RegExp(`\\([^()]*${WEIGHT}\\)`),
  /\({2,}[^()]*\){2,}/,
  /\([^()]+\)\s?(?:\d?\.\d+|[+-]+)(?=[\s,]|$)/,
  /\[[^[\]]+\]/,
  /\{{2,}[^{}]*\}{2,}/,
  new RegExp(`(?<![\\d.])-?${NUMBER}::[^:]+::`),
  /(?<=^|,)\s*\([^()]+\)\s*(?=,|$)/,
];

/** @param {string} prompt @returns {string} the first mark of a weight; empty for none */
export function weightMark(prompt) {
  const text = hidden(prompt).text;
  const found = MARKS.map((mark) => mark.exec(text)?.[0].trim()).find(Boolean);
  if (found) return found.replace(/[\ue000-\uf8ff]/g, "…");
  const outer = text.includes("(") && new RegExp(`${WEIGHT}\\)`).exec(text)?.[0];
  if (outer) return `(…${outer.trim()}`;
  return text.match(BREAK) && !SHOUTED.test(text) ? "BREAK" : "";
}

/** Takes the marks out and leaves the words, as a model without weights should read them.
 * @param {string} prompt @returns {string} */
export function withoutWeights(prompt) {
  const { text, shown } = hidden(prompt);
  const apart = text.replace(/([)\]])(?=[([])/g, "$1 "); // words that only the brackets part
  return shown(tidy(withoutBrackets(apart)
    .replace(text.includes("{{") ? /\{+([^{}|]*)\}+/g : /$^/, "$1")
    .replace(new RegExp(`(?<![\\d.])-?${NUMBER}::([^:]+)::`, "g"), "$1")
    .replace(BREAK, SHOUTED.test(text) ? "$&" : ",")));
}

/** Hides tags and escaped brackets; `shown` brings them back, the brackets without the sign that escapes them. */
function hidden(prompt) {
  const parts = [];
  const hide = (shown) => String.fromCharCode(FIRST_PRIVATE + Math.min(parts.push(shown) - 1, 6000));
  const text = prompt.replace(/[\ue000-\uf8ff]/g, "").replace(TAG, hide).replace(ESCAPED, (_, sign) => hide(sign));
  return { text, shown: (changed) => changed.replace(/[\ue000-\uf8ff]/g, (sign) => parts[sign.charCodeAt(0) - FIRST_PRIVATE]) };
}

/** Takes brackets out from the innermost on; one without its other half is no mark. */
function withoutBrackets(text) {
  let before;
  do {
    before = text;
    text = text
      .replace(/\(([^()[\]]*)\)(?:\s?\d?\.\d+(?=[\s,]|$)|[+-]+(?=[\s,]|$))?/g, (_, inside) => withoutNumber(inside))
      .replace(/\[([^()[\]]*)\]/g, (_, inside) => wordsOf(inside));
  } while (text !== before);
  return text;
}

const withoutNumber = (inside) => {
  const weight = new RegExp(`${WEIGHT}$`).exec(inside);
  return weight ? inside.slice(0, weight.index) + weight[0].slice(0, weight[0].indexOf(":")).trimEnd() : inside;
};

/** Words of `[from:to:when]` and of `[one|other]`, which take turns while a picture is made. */
function wordsOf(inside) {
  const parts = inside.split(":");
  if (parts.length > 1 && parts.length < 4 && new RegExp(`^\\s*${NUMBER}\\s*$`).test(parts.at(-1))) parts.pop();
  return parts.join(":").split(parts.length === 2 ? /[:|]/ : "|").map((part) => part.trim()).filter(Boolean).join(", ");
}

const tidy = (text) => text
  .replace(/(?<!\s)\s+,/g, ",").replace(/,(?:\s*,)+/g, ",").replace(/[ \t]{2,}/g, " ")
  .replace(/^[\s,]+/, "").replace(/(?<![\s,])[\s,]+$/, "");
