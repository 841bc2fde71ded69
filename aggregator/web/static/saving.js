// What he decided, on its way to the desk: saved in his order, put back if it is refused, and the counts as they are then.
import { parse, say, swap } from "./desk.js";
import { current } from "./cursor.js";
import { makeQueue } from "./queue.js";
import { put, row, settle } from "./rows.js";

const main = document.getElementById("main");
export const home = main.dataset.home;
export const rail = () => document.getElementById("rail");
const ASK_EVERY = 60_000;
let lacks = null; // number of what came back and is not in this page, once the page has to be loaded anew for it
let refreshing;

const queue = makeQueue(`unsaved ${home}`, (waiting, why, remedy) => {
  main.dataset.waiting = waiting;
  const told = document.getElementById("unsaved");
  told.replaceChildren(...(why ? [`not saved yet: ${waiting} (${why}) `, ...(remedy ? [remedy] : [])] : []));
  if (!waiting) saved();
});

export const isSaved = () => !queue.length;

function saved() {
  if (lacks === null) refresh();
  else reload(lacks);
}

export function refresh(after = 150) {
  clearTimeout(refreshing);
  const mine = (refreshing = setTimeout(async () => {
    const answer = await fetch(`${home}counts?upto=${rail().dataset.upto}`, { headers: { "X-Fragment": "1" } }).catch(() => null);
    const html = answer?.ok && !answer.redirected ? await answer.text() : "";
    if (mine === refreshing) swap(html); // else a later one tells how things stand by now
  }, after));
}

// The page anew, with him where he is, or at the candidate of this number.
export function reload(id = current()?.dataset.id) {
  if (id) history.replaceState(null, "", `#c${id}`);
  location.reload();
}

// A candidate that he wants to see and this page does not have: it is shown once everything is saved.
export const lack = (id) => (lacks = id);

// back: shows what was there before. then(rows, answer): once it is saved.
export function save(path, fields, back = () => {}, then = () => {}) {
  queue.push({ url: home + path, fields, done: (html, answer) => then(put(html), answer), refused: (html) => refuse(html, back) });
}

function refuse(html, back) {
  back();
  if (!parse(html).some((one) => one.id === "said")) say("The desk could not save this.", true);
  swap(html);
}

// What this tab could not save before it was loaded anew.
queue.resume(({ fields }) => {
  const action = fields.find(([name]) => name === "action")?.[1];
  const rows = action ? fields.filter(([name]) => name === "id").map(([, id]) => row(id)).filter(Boolean) : [];
  const section = fields.find(([name]) => name === "section")?.[1];
  const backs = rows.map((item) => settle(item, action, section));
  return { done: put, refused: (html) => refuse(html, () => backs.forEach((back) => back())) };
});

document.addEventListener("candidates-added", () => refresh(0));
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && isSaved() && refresh(0));
setInterval(() => document.visibilityState === "visible" && isSaved() && refresh(0), ASK_EVERY);
