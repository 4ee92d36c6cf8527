/** Weight of a word at the caret, or of the selected ones, one step up or down, as A1111 writes it. Fetched when needed. */
import { replaceText } from "./texts.js";

const STEP = 0.1;
const LEAST = 0.1;
const MOST = 2;
const BRACKETS = 1.1; // what brackets without a number mean
const APART = /[\s,.;:!?()[\]{}<>|\\/"]/; // stands in no word
const TAG = /<[^<>]*>/g; // a LoRA's tag has a weight of its own
const NUMBER = /:\s*(-?\d*\.?\d+)\s*$/;

/** @typedef {{text: string, start: number, end: number}} Edit a text and what of it is selected */

/** Text with the weight changed. @param {Edit} edit @param {1 | -1} direction
 * @returns {?Edit} null where nothing can be weighed */
export function weighed({ text, start, end }, direction) {
  if ([...text.matchAll(TAG)].some(({ 0: tag, index }) => start < index + tag.length && end > index)) return null;
  const [from, to] = start === end ? [start, end] : withoutBlanks(text, start, end);
  const block = blocksOf(text).find((one) => (start === end ? holds(one, start) : isAll(one, from, to)));
  if (block) return changed(text, block, block.weight + direction * STEP, { start, end });
  const [first, last] = start === end ? wordAt(text, start) : [from, to];
  if (first === last || !isBalanced(text.slice(first, last))) return null;
  const words = { open: first, close: last - 1, words: text.slice(first, last) };
  return changed(text, words, 1 + direction * STEP, { start: start + 1, end: end + 1 });
}

/** Text whose block has another weight, without brackets where that is 1. */
function changed(text, { open, close, words }, next, { start, end }) {
  const weight = Number(Math.max(LEAST, Math.min(MOST, next)).toFixed(2));
  const isPlain = weight === 1;
  const first = isPlain ? open : open + 1; // where the words begin
  const within = (place) => Math.max(first, Math.min(first + words.length, isPlain ? place - 1 : place));
  return {
    text: `${text.slice(0, open)}${isPlain ? words : `(${words}:${weight})`}${text.slice(close + 1)}`,
    start: within(start), end: within(end),
  };
}

/** Words in brackets with their weight, the inner ones before those around them. */
function blocksOf(text) {
  const opened = [];
  const found = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "(") opened.push(at);
    else if (text[at] === ")" && opened.length) found.push(blockOf(text, opened.pop(), at));
  }
  return found;
}

function blockOf(text, open, close) {
  const inside = text.slice(open + 1, close);
  const number = NUMBER.exec(inside);
  if (!number) return { open, close, words: inside, weight: BRACKETS };
  return { open, close, words: inside.slice(0, number.index), weight: Number(number[1]) };
}

const holds = ({ open, close }, caret) => open < caret && caret <= close + 1;

/** Whether just a block is selected: its words, those with their number, or the brackets too. */
const isAll = ({ open, close, words }, start, end) => start === open
  ? end === close + 1
  : start === open + 1 && (end === close || end === start + words.length);

function withoutBlanks(text, start, end) {
  const selected = text.slice(start, end);
  return [start + selected.length - selected.trimStart().length, end - selected.length + selected.trimEnd().length];
}

function wordAt(text, caret) {
  let [first, last] = [caret, caret];
  while (first > 0 && !APART.test(text[first - 1])) first -= 1;
  while (last < text.length && !APART.test(text[last])) last += 1;
  return [first, last];
}

function isBalanced(words) {
  let depth = 0;
  for (const sign of words.replace(/\\./g, "")) {
    depth += { "(": 1, ")": -1 }[sign] ?? 0;
    if (depth < 0) return false;
  }
  return depth === 0 && Boolean(words.trim());
}

/** Changes the weight of what is selected in a box. @param {HTMLTextAreaElement} box @param {1 | -1} direction */
export function weigh(box, direction) {
  const next = weighed({ text: box.value, start: box.selectionStart, end: box.selectionEnd }, direction);
  if (!next || next.text === box.value) return;
  replaceText(box, next.text);
  box.setSelectionRange(next.start, next.end);
}
