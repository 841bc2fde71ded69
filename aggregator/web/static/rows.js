// How a candidate's row looks: decided, marked, gone to another section. It keeps its place and its room, so that nothing moves.
import { parse, place } from "./desk.js";
import { current, goTo, isOpen, items } from "./cursor.js";

const main = document.getElementById("main");
const STATES = ["new", "kept", "dropped", "held", "let-go", "moved"];
const LOOKS = { keep: ["kept", "Kept"], drop: ["dropped", "Dropped"], hold: ["held", "Held"], "let-go": ["let-go", "Let go"], group: ["kept", "Kept"] };

export const row = (id) => document.getElementById(`c${id}`);
export const marked = () => items().filter((item) => item.classList.contains("marked"));
export const here = () => (current()?.dataset.id ? [current()] : []);
export const chosen = () => (marked().length ? marked() : here());

// Shows a row as decided; what is returned shows it as it was. section: where a move leads.
export function settle(item, action, section = "") {
  const [state, words] = LOOKS[action] ?? ["moved", `→ ${section || "Unsorted"}`];
  const was = { classes: item.className, state: item.dataset.state, words: item.querySelector(".did").textContent };
  mark(item, false);
  look(item, state, words, true);
  return () => {
    if (!item.isConnected) return;
    look(item, was.state, was.words, was.classes.split(" ").includes("settled"));
  };
}

function look(item, state, words, settled) {
  item.classList.remove(...STATES);
  item.classList.add(state);
  item.classList.toggle("settled", settled);
  item.dataset.state = state;
  item.querySelector(".did").textContent = words;
}

export function reopen(item) {
  item.classList.remove("settled");
  goTo(item);
}

export function mark(item = current(), on = !item?.classList.contains("marked")) {
  const box = item?.querySelector(".mark");
  if (!box || (on && !isOpen(item))) return;
  box.checked = on;
  item.classList.toggle("marked", on);
  main.classList.toggle("marking", marked().length > 0);
}

export const forget = () => marked().forEach((item) => mark(item, false));

// Puts in what the desk answered; returns the rows of the page that it is about.
export function put(html) {
  const about = [];
  for (const fresh of parse(html)) {
    const old = fresh.dataset.id && document.getElementById(fresh.id);
    if (old) about.push(renewed(old, fresh));
    else place([fresh]);
  }
  return about;
}

function renewed(old, fresh) {
  if (fresh.classList.contains("settled")) {
    look(old, fresh.dataset.state, fresh.querySelector(".did").textContent, true);
    return old;
  }
  if (fresh.dataset.part === old.closest(".part").id || fresh.dataset.part === old.dataset.part) return place([fresh])[0];
  const there = document.getElementById(fresh.dataset.part);
  if (there) moved(old, fresh, there);
  else settle(old, "move", document.querySelector(`#rail [data-part="${fresh.dataset.part}"]`)?.dataset.name);
  return there ? fresh : old;
}

// A row whose section is another one now goes there, to the end of what is new; in its place a trace stays, which takes as much
// room. Back again, it takes the trace's place.
function moved(old, fresh, there) {
  if (old === current()) goTo(beside(old) ?? fresh, { scroll: false });
  const trace = there.querySelector(`[data-was="${fresh.dataset.id}"]`);
  if (trace) {
    old.remove();
    trace.replaceWith(fresh);
    return;
  }
  settle(old, "move", there.dataset.name);
  leave(old);
  const list = there.querySelector("[data-arrivals]");
  list.append(fresh);
  list.parentElement.hidden = false;
  there.querySelector(".quiet-part")?.remove();
}

function beside(item) {
  const all = items();
  const at = all.indexOf(item);
  return all[at + 1] ?? all[at - 1];
}

// Makes a row the trace of itself: it is seen, and nothing more.
function leave(item) {
  item.dataset.was = item.dataset.id;
  for (const name of ["id", "data-item", "data-id", "tabindex"]) item.removeAttribute(name);
  for (const one of item.querySelectorAll("[id]")) one.removeAttribute("id");
  item.querySelector(".mark").remove();
  item.classList.remove("at");
  item.inert = true;
}
