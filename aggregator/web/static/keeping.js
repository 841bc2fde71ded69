// What he typed and is not saved yet: kept in this browser, given back when its field is opened again, and never left unasked.
import { typed } from "./desk.js";

const FIELDS = ["text", "via", "thanks"];
const held = new Set(); // forms whose words could not be saved
// A bullet is known by its links, whatever it is called by now: kept only, written, or joined with another.
const names = (form) => form.dataset.known.split(" ").map((one) => `words ${new URL(form.action).pathname.replace(/[^/]*$/, one)}`);

// The page is not left unasked as long as he has not been told that they are safe.
export const holdBack = (form, is = true) => (is ? held.add(form) : held.delete(form));

// What the fields of a composer say, and the state that he began from.
export function said(form) {
  const found = FIELDS.filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]);
  return { ...Object.fromEntries(found), based_on: form.dataset.since ?? form.elements.based_on.value };
}

// Returns whether the browser keeps it; one that does not leaves the words in the page alone.
export function remember(form) {
  try {
    localStorage.setItem(names(form)[0], JSON.stringify(said(form)));
    return true;
  } catch {
    return false;
  }
}

export function forget(form) {
  held.delete(form);
  try {
    for (const name of names(form)) localStorage.removeItem(name);
  } catch {
    // Then nothing was kept.
  }
}

// Puts back what this browser kept since it could not be saved; returns whether that differs from what the desk says. Based on an
// older state, saving it shows both.
export function restore(form) {
  let kept;
  try {
    kept = JSON.parse(names(form).map((name) => localStorage.getItem(name)).find(Boolean) ?? "null");
  } catch {
    return false;
  }
  const fields = FIELDS.filter((name) => form.elements[name] && typeof kept?.[name] === "string");
  if (fields.every((name) => form.elements[name].value === kept[name])) {
    if (kept) forget(form);
    return false;
  }
  for (const name of [...fields, "based_on"]) form.elements[name].value = kept[name];
  return true;
}

// Forms that save when their button is pressed and not before: only the one that is being sent may be left.
let sent = null;

document.addEventListener("submit", (event) => {
  sent = event.target;
});

addEventListener("beforeunload", (event) => {
  const guarded = [...document.querySelectorAll("form[data-guard]")].filter((form) => form !== sent && typed(form));
  if (guarded.length || [...held].some((form) => form.isConnected)) event.preventDefault();
});
