// Triage: which key and which button does what.
import { letters } from "./desk.js";
import { goTo, items, isOpen, step, stepPart } from "./cursor.js";
import * as does from "./deciding.js";
import { find, showAll } from "./finding.js";
import { help } from "./help.js";
import { more } from "./more.js";
import { close, read } from "./reading.js";
import { chosen, forget, mark, marked, reopen } from "./rows.js";
import { rail, reload } from "./saving.js";

const main = document.getElementById("main");
const escape = () => close() || (marked().length ? forget() : showAll());

export const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), p: () => step(-1), ArrowUp: () => step(-1), n: () => stepPart(1), N: () => stepPart(-1),
  k: does.keep, x: does.drop, h: does.hold, H: does.holdUntil, s: does.second, g: does.group, c: () => does.compose(), u: does.undo,
  m: () => mark(), " ": () => mark(), K: () => does.decide(chosen(), "keep"), X: does.dropMany, L: () => does.letGo(), Escape: escape,
  o: () => read(), Enter: () => read(), w: () => read(undefined, "why"), v: does.toPage, ".": more,
  a: does.toAdd, e: does.toDraft, r: () => reload(), "/": find, "?": help,
};
const BUTTONS = {
  keep: does.keep, drop: does.drop, hold: does.hold, second: does.second, group: does.group, more, undo: does.undo, find, help,
  close: (item) => close(item), change: reopen, "let-go": (item, button) => does.letGo(button.closest(".part")),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key.length === 1 && !letters()) return;
  if (event.target.closest("input:not(.mark), textarea, select, [contenteditable], dialog[open]")) return;
  if (event.key.length === 1 && does.isOpening()) return event.preventDefault();
  // These have keys of their own; of a box it is Space alone: by Enter a browser would press the first button of its form.
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  if (event.key === " " && event.target.closest("button, a, summary, .mark")) return;
  const section = /^[1-9]$/.test(event.key) && rail().querySelector(`[data-digit="${event.key}"]`);
  const act = section ? () => does.move(section.dataset.name) : Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

main.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-read], [data-unfold], .mark");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const item = target.closest("[data-item]");
  if (item) goTo(item, { focus: false });
  if (target.matches(".mark")) return mark(item, target.checked);
  event.preventDefault();
  if (target.dataset.do) BUTTONS[target.dataset.do](item, target);
  else read(item);
});

document.getElementById("bulk").addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter.value) does.decide(marked(), event.submitter.value);
  else does.group();
});

for (const button of main.querySelectorAll("[data-scripted]")) button.hidden = false;
const asked = location.hash.startsWith("#c") && document.getElementById(location.hash.slice(1));
goTo(asked || items().find(isOpen) || items()[0], { focus: Boolean(asked) });
