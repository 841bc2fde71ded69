// Everything that can be done with a candidate, or with all that are marked, by taps.
import { isOpen } from "./cursor.js";
import { compose, group, holdUntil, move, toPage } from "./deciding.js";
import { read } from "./reading.js";
import { chosen, mark } from "./rows.js";

const box = document.getElementById("more");
const DOES = { read: () => read(), why: () => read(undefined, "why"), page: toPage, write: () => compose(), until: holdUntil, group, mark: () => mark() };

export function more() {
  const rows = chosen();
  if (!rows.length) return;
  const [first] = rows;
  const one = rows.length === 1;
  box.querySelector("h2").textContent = one ? first.querySelector("h4").textContent.trim() : `${rows.length} marked`;
  for (const button of box.querySelectorAll("button[data-one]")) button.hidden = !one;
  const hide = (value, away) => (box.querySelector(`button[value="${value}"]`).hidden = away);
  hide("page", !one || !first.querySelector("a.out"));
  hide("group", one && !first.dataset.joins);
  hide("mark", !one || !isOpen(first));
  for (const button of box.querySelectorAll("[data-section]")) {
    const is = (name) => one && name !== undefined && name === button.dataset.section;
    button.disabled = is(first.closest(".part")?.dataset.name);
    button.classList.toggle("second", is(first.dataset.second));
  }
  box.returnValue = "";
  box.showModal();
}

box.addEventListener("submit", (event) => {
  const pressed = event.submitter;
  // The dialog is closed first: what follows may open another one, or move the focus.
  box.addEventListener("close", () => {
    if (pressed.dataset.section !== undefined) move(pressed.dataset.section);
    else DOES[pressed.value]?.();
  }, { once: true });
});
// A press beside it closes it, as it does menus.
box.addEventListener("click", (event) => event.target === box && box.close());
