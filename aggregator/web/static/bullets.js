// The composer of a bullet: opens in its place, saves while he types, loses nothing.
import { ask, csrf, put, tell } from "./asking.js";
import { recount, settle } from "./arranging.js";
import { insert, place } from "./placing.js";

const PAUSE = 700; // milliseconds without a key before his words are saved
const AGAIN = 5000; // and between attempts while they cannot be
const work = new WeakMap(); // a composer's form -> how saving it goes

const stored = (form) => `words ${new URL(form.action).pathname}`;
const at = (form) => work.get(form) ?? work.set(form, { timer: 0, saving: null, dirty: false }).get(form);
const words = (form) => form.elements.namedItem("text");
const status = (form, said) => (form.querySelector("output").textContent = said);

function remember(form) {
  try {
    localStorage.setItem(stored(form), JSON.stringify({ text: words(form).value, based_on: form.elements.based_on.value }));
  } catch {
    // A browser may keep nothing; then the words are in the page alone.
  }
}

function forget(form) {
  try {
    localStorage.removeItem(stored(form));
  } catch {
    // As above.
  }
}

// What this browser kept because it could not be saved. Based on an older state, saving it shows both.
function restore(form) {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(stored(form)) ?? "null");
  } catch {
    return;
  }
  if (!kept || kept.text === words(form).value) return forget(form);
  words(form).value = kept.text;
  form.elements.based_on.value = kept.based_on;
  status(form, "restored, not saved yet");
  later(form);
}

function later(form, pause = PAUSE) {
  const state = at(form);
  state.dirty = true;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(form), pause);
}

// Saves without touching what he types in; one at a time, since each is based on the one before.
async function keep(form) {
  const state = at(form);
  clearTimeout(state.timer);
  if (state.saving) await state.saving;
  if (!state.dirty || !form.isConnected) return;
  state.dirty = false;
  const data = new FormData(form);
  data.set("do", "keep");
  state.saving = ask(form.action, data).then(
    ({ ok, conflict, body }) => {
      if (conflict && body.querySelector("[data-composer]")) return put(body);
      put(body);
      if (!ok) throw new Error("refused");
      if (words(form).value === data.get("text")) forget(form);
    },
  ).catch(() => {
    state.dirty = true;
    status(form, "not saved; kept in this browser");
    later(form, AGAIN);
  });
  await state.saving;
  state.saving = null;
}

async function submit(form, button) {
  const state = at(form);
  clearTimeout(state.timer);
  if (state.saving) await state.saving;
  const data = new FormData(form, button);
  const name = form.closest("li").id;
  let answer;
  try {
    answer = await ask(form.action, data);
  } catch {
    remember(form);
    state.dirty = true;
    status(form, "not saved; kept in this browser");
    return later(form, AGAIN);
  }
  if (answer.ok) forget(form);
  state.dirty = !answer.ok && state.dirty;
  const follows = answer.body.querySelector("template[data-follows]")?.dataset.follows;
  put(answer.body);
  const now = document.getElementById(name);
  settle(now);
  recount();
  const ended = !now?.querySelector("[data-composer]");
  if (!ended) return focus(now);
  const board = form.action.slice(0, form.action.lastIndexOf("/"));
  if (data.get("do") === "next" && follows) return open(`${board}/${follows}`, `bullet-${follows}`);
  if (!document.querySelector("[data-open]")) return location.assign(board);
  now?.querySelector("a")?.focus();
}

async function open(address, id) {
  const item = document.getElementById(id);
  if (!item) return location.assign(address);
  try {
    // Among the candidates a bullet takes less room than on its own page, and has to be given back as it was.
    const { ok, body } = await ask(item.matches(".kept-bullet") ? `${address}?triage=1` : address);
    put(body);
    if (ok) focus(document.getElementById(id));
  } catch {
    location.assign(address);
  }
}

function focus(item) {
  const form = item.querySelector("[data-composer]");
  if (!form) return;
  restore(form);
  const field = words(form);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  item.scrollIntoView({ block: "nearest" });
}

async function quote() {
  const selected = getSelection();
  const exact = selected.toString().trim();
  const pane = selected.anchorNode?.parentElement?.closest("[data-candidate]");
  if (!exact || !pane || !pane.contains(selected.focusNode)) return false;
  const form = pane.closest("[data-composer]");
  const home = location.pathname.split("/").slice(0, 3).join("/");
  if (form) await keep(form);
  const { body } = await ask(`${home}/quotes`, new Map([["csrf", csrf()], ["candidate", pane.dataset.candidate], ["text", exact]]));
  put(body);
  selected.removeAllRanges();
  if (form) await open(form.action, form.closest("li").id);
  return true;
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-composer]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  submit(event.target, event.submitter);
}, true);

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("a[data-open]");
  if (link) {
    event.preventDefault();
    return open(link.href, `bullet-${link.dataset.open}`);
  }
  const button = event.target.closest("[data-composer] button[type=button]");
  if (!button) return;
  const field = words(button.form);
  if (button.dataset.place) place(field, button.dataset.place);
  if (button.dataset.insert) insert(field, button.dataset.insert);
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-composer]") || !["text", "via", "thanks"].includes(event.target.name)) return;
  remember(form);
  status(form, "");
  later(form);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("select[data-see]") || !event.target.value) return;
  insert(words(event.target.form), `see also ${event.target.value}`);
  event.target.value = "";
});

const DOING = { Enter: "next", s: "save", Escape: "done", ArrowUp: "up", ArrowDown: "down" };

document.addEventListener("keydown", (event) => {
  const form = event.target.form ?? event.target.closest?.("[data-composer]");
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && event.key === "q" && !event.target.matches("input, textarea, select") && !getSelection().isCollapsed) {
    event.stopPropagation();
    return quote().catch(() => tell("The quotation could not be kept.", true));
  }
  if (!form?.matches("[data-composer]")) return;
  const digit = event.altKey && !event.ctrlKey && /^Digit([1-9])$/.exec(event.code);
  if (digit) {
    event.preventDefault();
    return place(words(form), digit[1]);
  }
  const arrow = event.key.startsWith("Arrow");
  const asked = arrow ? event.altKey : event.key === "Escape" ? plain && !form.querySelector("details.menu[open]") : event.ctrlKey || event.metaKey;
  const button = asked && DOING[event.key] && form.querySelector(`button[name=do][value=${DOING[event.key]}]`);
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  form.requestSubmit(button);
}, true);

addEventListener("online", () => document.querySelectorAll("[data-composer]").forEach((form) => keep(form)));
addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("[data-composer]")) {
    if (at(form).dirty) event.preventDefault();
  }
});

document.querySelectorAll("[data-composer]").forEach(restore);
