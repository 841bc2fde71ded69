// Triage: every decision is one key or one tap, is seen at once, and goes to the desk by the queue.
import { parse, say, swap } from "./desk.js";
import { advance, current, goTo, isOpen, items, step, stepPart } from "./cursor.js";
import { makeQueue } from "./queue.js";

const main = document.getElementById("main");
const home = main.dataset.home;
const rail = () => document.getElementById("rail");
const dialog = (id) => document.getElementById(id);
const DID = { keep: ["kept", "Kept"], drop: ["dropped", "Dropped"], hold: ["held", "Held"], "let-go": ["let-go", "Let go"] };
const ASK_EVERY = 60_000;
let stale = null; // what came back and is not in this page: its number, once the page has to be loaded anew

const queue = makeQueue((waiting, why) => {
  main.dataset.waiting = waiting;
  document.getElementById("unsaved").textContent = why ? `not saved yet: ${waiting} (${why})` : "";
  if (!waiting) settled();
});

function settled() {
  if (stale !== null) {
    history.replaceState(null, "", `#c${stale}`);
    location.reload();
  } else refresh();
}

let refreshing;
function refresh(after = 150) {
  clearTimeout(refreshing);
  refreshing = setTimeout(async () => {
    const answer = await fetch(`${home}counts?upto=${rail().dataset.upto}`, { headers: { "X-Fragment": "1" } }).catch(() => null);
    if (answer?.ok && !answer.redirected) swap(await answer.text());
  }, after);
}

// Shows an item as decided; what is returned shows it as it was.
function settle(item, [state, words]) {
  const before = item.className;
  const did = item.querySelector(".did");
  const said = did.textContent;
  item.classList.remove("new", "kept", "dropped", "held", "let-go", "marked");
  item.classList.add(state, "settled");
  did.textContent = words;
  item.querySelector(".mark").checked = false;
  return () => {
    if (!item.isConnected) return;
    item.className = item.classList.contains("at") ? `${before} at` : before.replace(/\bat\b/, "");
    did.textContent = said;
  };
}

function push(path, fields, undo, then = () => {}) {
  const put = { url: home + path, fields };
  queue.push({
    ...put,
    done: (html, answer) => then(swap(html), answer),
    refused: (html) => {
      undo();
      if (!parse(html).some((one) => one.id === "said")) say("The desk could not save this.", true);
      swap(html);
    },
  });
}

function decide(chosen, action, fields = [], then = undefined) {
  if (!chosen.length) return;
  const from = current();
  const undos = action === "move" ? [] : chosen.map((item) => settle(item, DID[action]));
  const ids = chosen.map((item) => ["id", item.dataset.id]);
  push("decide", [["action", action], ...ids, ...fields], () => undos.forEach((undo) => undo()), then);
  for (const item of chosen) item.querySelector(".pane").replaceChildren();
  advance(chosen.includes(from) ? from : chosen.at(-1));
}

const marked = () => items().filter((item) => item.classList.contains("marked"));
const here = () => (current()?.dataset.id ? [current()] : []);
const name = (part) => part?.dataset.name ?? "";

function move(section) {
  const chosen = marked().length ? marked() : here();
  decide(chosen, "move", [["section", section]]);
  forget();
}

function second() {
  const item = current();
  if (!item?.querySelector('[data-do="second"]')) return say("There is no second choice for this one.");
  push("decide", [["second", item.dataset.id]], () => {});
  advance();
}

function letGo(part = current()?.closest(".part")) {
  if (!part) return;
  const rows = [...part.querySelectorAll(".cand")].filter((item) => isOpen(item) && item.dataset.state === "new");
  const folds = [...part.querySelectorAll(".fold:not([hidden])")];
  const undos = rows.map((item) => settle(item, DID["let-go"]));
  for (const fold of folds) fold.hidden = true;
  push("let-go", [["section", name(part)], ["upto", rail().dataset.upto]], () => {
    undos.forEach((undo) => undo());
    for (const fold of folds) fold.hidden = false;
  });
  const all = items();
  const last = all.findLastIndex((item) => part.contains(item));
  goTo(all.slice(last + 1).find(isOpen) ?? all[last + 1] ?? all[last]);
}

function dropMany() {
  const part = current()?.closest(".part");
  const chosen = marked().length ? marked() : [...(part?.querySelectorAll(".cand:not([hidden])") ?? [])].filter(isOpen);
  decide(chosen, "drop");
}

function undo() {
  push("undo", [["n", "1"]], () => {}, (rows, answer) => {
    for (const fold of main.querySelectorAll(".fold[hidden]")) fold.hidden = Boolean(document.getElementById(`list-${fold.dataset.fold}`));
    if (answer.headers.get("X-Again")) stale = current()?.dataset.id ?? "";
    else if (answer.headers.get("X-First") && !rows.length) stale = answer.headers.get("X-First");
    if (rows.length) goTo(rows[0]);
  });
}

function group() {
  const chosen = marked().map((item) => item.dataset.id);
  const ids = chosen.length > 1 ? chosen : (current()?.dataset.joins ?? "").split(" ").filter(Boolean);
  if (ids.length < 2) return say("Mark two or more with m first; nothing is known to belong with this one.");
  const rows = ids.map((id) => document.getElementById(`c${id}`)).filter(Boolean);
  const undos = rows.map((item) => settle(item, ["kept", "Kept"]));
  push("group", ids.map((id) => ["id", id]), () => undos.forEach((undo) => undo()));
  advance();
}

function mark(item = current()) {
  const box = item?.querySelector(".mark");
  if (!box || !isOpen(item)) return;
  box.checked = item.classList.toggle("marked");
  main.classList.toggle("marking", marked().length > 0);
}

function forget() {
  for (const item of marked()) {
    item.classList.remove("marked");
    item.querySelector(".mark").checked = false;
  }
  main.classList.remove("marking");
}

async function load(address) {
  const answer = await fetch(address, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!answer) return say("The desk does not answer.", true);
  const html = await answer.text();
  if (answer.ok && !answer.redirected) return parse(html);
  swap(html);
}

async function read(item = current(), only = "") {
  if (item?.dataset.fold) return unfold(item);
  if (item?.dataset.key) return compose(item);
  const pane = item?.querySelector(".pane");
  if (!pane) return;
  if (pane.dataset.shows === (only || "all")) return close(item);
  const [fresh] = (await load(`${home}candidates/${item.dataset.id}${only && `?only=${only}`}`)) ?? [];
  if (!fresh) return;
  fresh.dataset.shows = only || "all";
  pane.replaceWith(fresh);
  item.classList.add("reading");
  item.scrollIntoView({ block: "nearest" });
}

function close(item = current()) {
  const pane = item?.querySelector(".pane");
  if (!pane?.hasChildNodes()) return false;
  pane.replaceChildren();
  delete pane.dataset.shows;
  item.classList.remove("reading");
  item.focus({ preventScroll: true });
  return true;
}

async function unfold(item) {
  const [list] = (await load(`${home}?list=${item.dataset.fold}`)) ?? [];
  if (!list) return;
  item.parentElement.before(list);
  item.hidden = true;
  goTo(list.querySelector("[data-item]") ?? item);
}

// The composer of a bullet opens in its place (bullets.js); what is not kept yet is kept first.
function compose(item = current()) {
  if (!item) return;
  if (item.dataset.id && isOpen(item)) {
    const id = item.dataset.id;
    return decide([item], "keep", [], () => compose(document.getElementById(`c${id}`)));
  }
  goTo(item);
  if (item.dataset.id) {
    const key = `c${item.dataset.id}`;
    item.querySelector(".pane").innerHTML = `<ol class="bullets"><li class="bullet" id="bullet-${key}"><a data-open="${key}" href="${home}bullets/${key}">Write</a></li></ol>`;
  }
  item.querySelector("a[data-open]")?.click();
}

async function hold() {
  const chosen = marked().length ? marked() : here();
  if (!chosen.length) return;
  const box = dialog("hold");
  box.returnValue = "";
  box.showModal();
  box.addEventListener("close", () => {
    const typed = box.querySelector("input").value.trim();
    const until = box.returnValue === "words" ? typed : box.returnValue;
    if (until) decide(chosen, "hold", [["until", until]]);
  }, { once: true });
}

function find() {
  const box = dialog("find-here");
  box.show();
  box.querySelector("input").select();
}

function filter(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of main.querySelectorAll(".cand, .kept-bullet")) {
    const text = item.textContent.toLowerCase();
    item.hidden = !wanted.every((word) => text.includes(word));
  }
  if (!current()) goTo(items()[0], { focus: false });
}

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1), J: () => step(-1), p: () => step(-1), ArrowUp: () => step(-1),
  n: () => stepPart(1), N: () => stepPart(-1),
  k: () => decide(here(), "keep"), x: () => decide(here(), "drop"), h: () => decide(here(), "hold"), H: hold,
  K: () => decide(marked().length ? marked() : here(), "keep"), X: dropMany, L: () => letGo(),
  s: second, g: group, m: () => mark(), " ": () => mark(), u: undo,
  o: () => read(), Enter: () => read(), w: () => read(current(), "why"), c: () => compose(),
  v: () => current()?.querySelector("a.out")?.click(),
  a: () => document.querySelector('header.top a[href$="/add"]')?.click(),
  e: () => location.assign(`${home}draft`), r: () => location.reload(), "/": find, "?": () => dialog("help").showModal(),
  Escape: () => close() || forget(),
};
const DOES = {
  keep: () => decide(here(), "keep"), drop: () => decide(here(), "drop"), hold: () => decide(here(), "hold"),
  second, group, undo, help: () => dialog("help").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not(.mark), textarea, select, [contenteditable], dialog[open]")) return;
  const pressed = event.target.closest("button, a, summary, .mark");
  if (pressed && (event.key === "Enter" || event.key === " ")) return;
  const section = /^[1-9]$/.test(event.key) && rail().querySelector(`[data-digit="${event.key}"]`);
  const act = section ? () => move(section.dataset.name) : Object.hasOwn(KEYS, event.key) && KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

main.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-read], [data-unfold], .mark");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const item = target.closest("[data-item]");
  if (item) goTo(item, { focus: false });
  if (target.matches(".mark")) {
    item.classList.toggle("marked", target.checked);
    main.classList.toggle("marking", marked().length > 0);
    return;
  }
  event.preventDefault();
  if (target.dataset.do === "change") item.classList.remove("settled");
  else if (target.dataset.do === "let-go") letGo(target.closest(".part"));
  else if (target.dataset.do) DOES[target.dataset.do]();
  else read(item);
});

document.getElementById("bulk")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const action = event.submitter.value;
  if (action) decide(marked(), action);
  else group();
  forget();
});

dialog("hold").addEventListener("keydown", (event) => {
  const until = { n: "next", s: "series" }[event.key];
  if (!until || event.target.matches("input")) return;
  event.preventDefault();
  dialog("hold").close(until);
});
dialog("find-here").addEventListener("input", (event) => filter(event.target.value));
dialog("find-here").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    event.target.value = "";
    filter("");
    dialog("find-here").close();
    current()?.focus({ preventScroll: true });
  } else if (event.key === "Enter") {
    event.preventDefault();
    location.assign(`${home}archive?q=${encodeURIComponent(event.target.value)}`);
  } else if (event.key === "ArrowDown") {
    goTo(current() ?? items()[0]);
  }
});
document.addEventListener("candidates-added", () => refresh(0));
setInterval(() => document.visibilityState === "visible" && !queue.length && refresh(0), ASK_EVERY);

for (const button of main.querySelectorAll('[data-do="help"]')) button.hidden = false;
const asked = location.hash.startsWith("#c") && document.getElementById(location.hash.slice(1));
goTo(asked || items().find(isOpen) || items()[0], { focus: Boolean(asked) });
