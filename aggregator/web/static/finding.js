// Shows only the rows that have some words.
import { current, goTo, items } from "./cursor.js";

const main = document.getElementById("main");
const box = document.getElementById("find-here");
const field = document.getElementById("filter");
const found = document.getElementById("found-here");

export function find() {
  box.show();
  field.select();
}

export function showAll() {
  field.value = "";
  filter("");
  box.close();
  current()?.focus({ preventScroll: true });
}

function filter(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...main.querySelectorAll(".cand, .kept-bullet")];
  for (const item of rows) {
    const text = item.textContent.toLowerCase();
    item.hidden = !wanted.every((word) => text.includes(word));
  }
  found.textContent = wanted.length ? `${rows.filter((item) => !item.hidden).length} of ${rows.length} in this page` : "";
  if (!current()) goTo(items()[0], { focus: false });
}

box.addEventListener("submit", showAll);
field.addEventListener("input", () => filter(field.value));
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") showAll();
  else if (event.key === "ArrowDown" || event.key === "Enter") goTo(current() ?? items()[0]);
  else return;
  event.preventDefault();
});
