// The composer of a bullet: opens in its place, saves while he types, loses nothing.
import { ask, put, renew } from "./asking.js";
import { recount, settle } from "./arranging.js";
import "./board.js";
import { forget, holdBack, remember, restore, said } from "./keeping.js";
import { insert, place } from "./placing.js";
import { quotes } from "./quoting.js";

const PAUSE = 700; // milliseconds without a key before his words are saved
const AGAIN = 5000; // and between attempts while they cannot be
const CLOSING = ["done", "remove"];
const work = new WeakMap(); // a composer's form -> how saving it goes

const at = (form) => work.get(form) ?? work.set(form, { timer: 0, saving: null, dirty: false, renewed: false }).get(form);
const words = (form) => form.elements.namedItem("text");
const status = (form, told) => (form.querySelector("output").textContent = told);
// It shows what was saved elsewhere meanwhile: which of the two holds, he says himself.
const isContested = (form) => form.hasAttribute("data-contested");

function later(form, pause = PAUSE) {
  const state = at(form);
  state.dirty = true;
  clearTimeout(state.timer);
  if (!isContested(form)) state.timer = setTimeout(() => keep(form), pause);
}

function settled(form) {
  at(form).dirty = false;
  forget(form);
}

function failed(form, error) {
  const here = remember(form) ? "kept in this browser" : "keep this page open";
  holdBack(form);
  status(form, error.signedOut ? `not saved: sign in, in another tab; ${here}` : `not saved yet; ${here}`);
  later(form, AGAIN);
}

// What he typed while an answer was under way outlives the field that comes with it, and so does the caret.
function carry(form, sent, fresh) {
  const { value, selectionStart, selectionEnd } = words(form);
  if (value !== sent) {
    words(fresh).value = value;
    remember(fresh);
    later(fresh);
  }
  if (words(fresh).value === value) words(fresh).setSelectionRange(selectionStart, selectionEnd);
}

// What was put into a text at one place.
function inserted(before, after) {
  let [start, end] = [0, 0];
  while (start < before.length && before[start] === after[start]) start += 1;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return start + end === before.length ? after.slice(start, after.length - end) : "";
}

function contest(form, sent, body) {
  const id = form.closest("li").id;
  put(body);
  const fresh = document.getElementById(id).querySelector("[data-composer]");
  fresh.dataset.since = said(form).based_on;
  at(form).dirty = false;
  holdBack(form, false);
  carry(form, sent, fresh);
  holdBack(fresh);
}

// Saves without touching what he types in; one at a time, since each is based on the one before.
async function keep(form) {
  const state = at(form);
  clearTimeout(state.timer);
  while (state.saving) await state.saving.catch(() => {});
  if (!state.dirty || !form.isConnected || isContested(form)) return;
  state.dirty = false;
  const data = new FormData(form);
  data.set("do", "keep");
  const before = JSON.stringify(said(form));
  state.saving = ask(form.action, data).then(({ ok, conflict, stale, body }) => {
    if (conflict && body.querySelector("[data-composer]")) return contest(form, data.get("text"), body);
    if (stale) throw Object.assign(new Error("stale"), { stale });
    const unchanged = JSON.stringify(said(form)) === before;
    put(body);
    if (!ok) throw new Error("refused");
    state.renewed = false;
    if (unchanged) settled(form);
    else remember(form);
  }).catch(async (error) => {
    failed(form, error);
    if (!error.stale || !(await renew()) || state.renewed) return;
    state.renewed = true;
    later(form, 0);
  }).finally(() => (state.saving = null));
  await state.saving;
}

// His words are saved before the button does what is refused: the next save is based on them.
async function rebase(form, sent) {
  const { body } = await ask(form.action).catch(() => ({}));
  const fresh = body?.querySelector("[data-composer]");
  if (fresh && words(fresh).value === sent) form.elements.based_on.value = fresh.elements.based_on.value;
}

// again: whether it may be sent once more, by a token that holds.
async function submit(form, button, again = true) {
  const state = at(form);
  clearTimeout(state.timer);
  while (state.saving) await state.saving.catch(() => {});
  if (!form.isConnected) return;
  const data = new FormData(form, button);
  const closing = CLOSING.includes(data.get("do"));
  const name = form.closest("li").id;
  words(form).readOnly = closing;
  let answer;
  try {
    state.saving = ask(form.action, data).finally(() => (state.saving = null));
    answer = await state.saving;
    if (answer.stale) throw Object.assign(new Error("stale"), { stale: true });
  } catch (error) {
    words(form).readOnly = false;
    failed(form, error);
    if (again && error.stale && (await renew())) submit(form, button, false);
    return;
  }
  if (answer.conflict && answer.body.querySelector("[data-composer]")) return contest(form, data.get("text"), answer.body);
  words(form).readOnly = closing && answer.ok;
  const follows = answer.body.querySelector("template[data-follows]")?.dataset.follows;
  const board = new URL(form.action).pathname.replace(/\/[^/]*$/, "");
  // Fetched while the focus is in the field still: what he types meanwhile is the next one's.
  const next = follows && await fetched(`${board}/${follows}`, follows);
  const begun = inserted(data.get("text"), words(form).value);
  put(answer.body);
  if (!answer.ok) return rebase(form, data.get("text"));
  settled(form);
  const now = document.getElementById(name);
  settle(now);
  recount();
  const fresh = now?.querySelector("[data-composer]");
  if (fresh) {
    focus(now);
    return carry(form, data.get("text"), fresh);
  }
  if (next) return next(begun);
  if (!document.querySelector("[data-open]")) return location.assign(board);
  now?.querySelector("a, button")?.focus();
}

// The composer of the bullet of this key: returns what opens it in its place, or its page where it has none in this one.
async function fetched(address, key) {
  const item = document.getElementById(`bullet-${key}`) ?? document.querySelector(`li.bullet[data-key="${key}"]`);
  if (!item) return () => location.assign(address);
  const id = item.id;
  const where = address.replace(/[^/]*$/, id.replace("bullet-", ""));
  try {
    // Among the candidates a bullet takes less room than on its own page, and has to be given back as it was.
    const { ok, body } = await ask(item.matches(".kept-bullet") ? `${where}?triage=1` : where);
    return (begun = "") => {
      put(body);
      if (ok) focus(document.getElementById(id));
      if (ok && begun) insert(words(document.getElementById(id).querySelector("[data-composer]")), begun);
    };
  } catch {
    return () => location.assign(address);
  }
}

const open = async (address, key) => (await fetched(address, key))();

function reopen(form) {
  const item = form.closest("li");
  return ask(form.action).then(({ body }) => put(body)).then(() => focus(document.getElementById(item.id)));
}

function begin(form) {
  if (isContested(form)) return holdBack(form);
  if (!restore(form)) return;
  status(form, "given back by this browser, not saved yet");
  later(form);
}

function focus(item) {
  const form = item.querySelector("[data-composer]");
  if (!form) return;
  begin(form);
  const field = words(form);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  item.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-composer]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  submit(event.target, event.submitter);
}, true);

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("a[data-open], a[data-theirs]");
  if (link) {
    event.preventDefault();
    const form = link.closest("[data-composer]");
    if (form) settled(form);
    return form ? reopen(form) : open(link.href, link.dataset.open);
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
  status(form, isContested(form) ? "not saved yet" : "");
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
  if (event.isComposing || !form?.matches("[data-composer]")) return;
  const digit = event.altKey && !event.ctrlKey && /^Digit([1-9])$/.exec(event.code);
  if (digit) {
    event.preventDefault();
    return place(words(form), digit[1]);
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const arrow = event.key.startsWith("Arrow");
  const asked = arrow ? event.altKey : event.key === "Escape" ? plain && !form.querySelector("details.menu[open]") : event.ctrlKey || event.metaKey;
  const button = asked && DOING[event.key] && form.querySelector(`button[name=do][value=${DOING[event.key]}]`);
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  form.requestSubmit(button);
}, true);

// What he typed last is sent on leaving; the browser asks him only where that may come to nothing.
addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("[data-composer]")) {
    const state = at(form);
    if (!state.dirty || isContested(form)) continue;
    if (state.saving) event.preventDefault();
    keep(form);
  }
});
addEventListener("online", () => document.querySelectorAll("[data-composer]").forEach(keep));
quotes({ before: keep, reopen });
document.querySelectorAll("[data-composer]").forEach(begin);
