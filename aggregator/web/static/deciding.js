// The verbs of triage: each is seen at once, and saved behind the scenes.
import { say } from "./desk.js";
import { advance, current, goTo, isOpen, items } from "./cursor.js";
import { empty, write } from "./reading.js";
import { chosen, here, marked, row, settle } from "./rows.js";
import { home, isSaved, lack, rail, save } from "./saving.js";

const main = document.getElementById("main");
const ids = (rows) => rows.map((item) => ["id", item.dataset.id]);

export function decide(rows, action, fields = [], then = undefined) {
  if (!rows.length) return;
  const from = current();
  const section = fields.find(([name]) => name === "section")?.[1];
  const was = rows.length === 1 ? [["was", rows[0].dataset.state]] : [];
  const backs = rows.map((item) => settle(item, action, section));
  save("decide", [["action", action], ...ids(rows), ...fields, ...was], () => backs.forEach((back) => back()), then);
  rows.forEach(empty);
  advance(rows.includes(from) ? from : rows.at(-1));
}

export const keep = () => decide(here(), "keep");
export const drop = () => decide(here(), "drop");
export const hold = () => decide(here(), "hold");

export const move = (section, rows = chosen()) => decide(rows, "move", [["section", section]]);

export function second() {
  const section = current()?.dataset.second;
  if (!section) return say("There is no second choice for this one.");
  move(section, here());
}

export function holdUntil() {
  const rows = chosen();
  const box = document.getElementById("hold");
  if (!rows.length) return;
  for (const form of box.querySelectorAll("form")) form.reset();
  box.returnValue = "";
  box.showModal();
  box.addEventListener("close", () => {
    const typed = (id) => box.querySelector(id).value.trim();
    const until = { day: typed("#hold-until"), theme: typed("#hold-theme") && `theme ${typed("#hold-theme")}` }[box.returnValue];
    if (until ?? box.returnValue) decide(rows, "hold", [["until", until ?? box.returnValue]]);
  }, { once: true });
}

// No "no": nothing is learnt from it.
export function letGo(part = current()?.closest(".part")) {
  if (!part) return;
  const rows = [...part.querySelectorAll('.cand[data-state="new"][data-item]')].filter(isOpen);
  const folds = [...part.querySelectorAll(".fold:not([hidden])")];
  if (!rows.length && !folds.length) return say("Nothing is undecided here.");
  const backs = rows.map((item) => settle(item, "let-go"));
  for (const fold of folds) fold.hidden = true;
  save("let-go", [["section", part.dataset.name], ["upto", rail().dataset.upto]], () => {
    backs.forEach((back) => back());
    for (const fold of folds) fold.hidden = false;
  });
  const all = items();
  const last = all.findLastIndex((item) => part.contains(item));
  goTo(all.slice(last + 1).find(isOpen) ?? all[last + 1] ?? all[last]);
}

export function dropMany() {
  const part = current()?.closest(".part");
  decide(marked().length ? marked() : [...(part?.querySelectorAll(".cand:not([hidden])") ?? [])].filter(isOpen), "drop");
}

export function undo() {
  save("undo", [["n", "1"]], () => {}, (rows, answer) => {
    for (const fold of main.querySelectorAll(".fold[hidden]")) fold.hidden = Boolean(document.getElementById(`list-${fold.dataset.fold}`));
    const first = answer.headers.get("X-First");
    if (answer.headers.get("X-Again") || (first && !rows.length)) lack(first ?? "");
    else if (rows.length && isSaved()) goTo(rows[0], { scroll: true });
  });
}

// One bullet of the marked ones, or of what is known to belong with this one.
export function group() {
  const together = marked().length > 1 ? marked().map((item) => item.dataset.id) : (current()?.dataset.joins ?? "").split(" ").filter(Boolean);
  if (together.length < 2) return say("Mark two or more first; nothing is known to belong with this one.");
  const rows = together.map(row).filter(Boolean);
  const backs = rows.map((item) => settle(item, "group"));
  save("group", together.map((id) => ["id", id]), () => backs.forEach((back) => back()));
  advance();
}

// What he types before the composer is there was meant for it: it must not decide on the next candidate.
const OPENS = 3000; // milliseconds
let opens = 0;
export const isOpening = () => Date.now() < opens;
document.addEventListener("focusin", (event) => event.target.closest("[data-composer]") && (opens = 0));

// His words on a bullet; what is not kept yet is kept first.
export function compose(item = current()) {
  if (!item) return;
  const id = item.dataset.id;
  if (id || item.dataset.key) opens = Date.now() + OPENS;
  if (id && isOpen(item)) decide([item], "keep", [], () => write(row(id)));
  else write(item);
}

export function toPage() {
  current()?.querySelector("a.out")?.click();
}

export function toAdd() {
  document.querySelector('header.top a[href$="/add"]')?.click();
}

export const toDraft = () => location.assign(`${home}draft`);
