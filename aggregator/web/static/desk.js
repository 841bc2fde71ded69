// What pages share: swapping in what comes back from the desk, saying what was done, menus.
const STAYS = 6000;
const CAN_FOCUS = "a[href], button, input, select, textarea, summary";
let silence;

export const csrf = () => document.querySelector('meta[name="csrf"]').content;

export function parse(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children];
}

export const swap = (html) => place(parse(html));

// Replaces each element of the page that came back under the same id; returns those that are in the page now.
export function place(elements) {
  const placed = [];
  for (const fresh of elements) {
    if (fresh.id === "said") {
      say(fresh.textContent.trim(), fresh.classList.contains("bad"));
      continue;
    }
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old) continue;
    if (old.getAttribute("role") === "status") {
      // A reader only hears of a change inside an element that it knows.
      if (old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
      continue;
    }
    const focused = placeOf(document.activeElement, old);
    if (old.classList.contains("at")) fresh.classList.add("at");
    old.replaceWith(fresh);
    focused?.(fresh);
    placed.push(fresh);
  }
  return placed;
}

// Where the focus is inside an element, as something that puts it there in the one that takes its place.
function placeOf(focus, old) {
  if (!old.contains(focus)) return null;
  const [id, place] = [focus.id, [...old.querySelectorAll(CAN_FOCUS)].indexOf(focus)];
  return (fresh) => {
    const there = id ? document.getElementById(id) : place < 0 ? fresh : [...fresh.querySelectorAll(CAN_FOCUS)][place];
    there?.focus({ preventScroll: true });
  };
}

// Whether he typed or ticked something in here that is not sent yet.
export function typed(part) {
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea")];
  return fields.some((one) => (one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue));
}

// A reader reads out what appears here; it must stay one and the same element.
export function say(words, bad = false) {
  const said = document.getElementById("said");
  clearTimeout(silence);
  said.classList.toggle("bad", bad);
  said.textContent = words;
  if (words && !bad) silence = setTimeout(() => (said.textContent = ""), STAYS);
}

// Whether single letters do something, as he likes it in this browser.
const LETTERS = "letters";
export function letters() {
  try {
    return localStorage.getItem(LETTERS) !== "off";
  } catch {
    return true;
  }
}
export function setLetters(on) {
  try {
    localStorage.setItem(LETTERS, on ? "on" : "off");
  } catch {
    say("This browser keeps no settings.", true);
  }
}

// A menu that is open closes by Escape, which gives the focus back to what opened it, and by a press beside it.
const menus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
    event.preventDefault();
  }
});
document.addEventListener("pointerdown", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
