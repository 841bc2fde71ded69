// Where he is in the list: one item at a time, whatever was decided meanwhile. The order of items never changes here.
const main = document.getElementById("main");
let touched = false;

export const items = () => [...main.querySelectorAll("[data-item]:not([hidden])")];
export const current = () => main.querySelector("[data-item].at:not([hidden])");
export const isOpen = (item) => Boolean(item?.dataset.id) && !item.classList.contains("settled");

// A page that moves below a thumb has the next tap land on something else.
addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"), true);
addEventListener("keydown", () => (touched = false), true);

export function goTo(item, { focus = true, scroll = !touched } = {}) {
  if (!item) return;
  for (const old of main.querySelectorAll(".at")) old.classList.remove("at");
  item.classList.add("at");
  if (focus) item.focus({ preventScroll: true });
  if (focus && scroll) item.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = items();
  const at = all.indexOf(current());
  goTo(all[Math.max(0, Math.min(all.length - 1, at + by))]);
}

// To the next candidate that waits for a decision, past folded lists; where there is none below, he stays.
export function advance(from = current()) {
  const all = items();
  const below = all.slice(all.indexOf(from) + 1);
  goTo(below.find(isOpen) ?? from);
}

export function stepPart(by) {
  const parts = [...main.querySelectorAll(".part")].filter((part) => part.querySelector("[data-item]:not([hidden])"));
  const here = current()?.closest(".part");
  const part = parts[Math.max(0, Math.min(parts.length - 1, parts.indexOf(here) + by))];
  if (!part || part === here) return;
  const inside = [...part.querySelectorAll("[data-item]:not([hidden])")];
  goTo(inside.find(isOpen) ?? inside[0]);
  part.scrollIntoView({ block: "start" });
}
