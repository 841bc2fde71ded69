// The order of bullets and paragraphs: dragged by their handles, or moved with Alt and the arrow keys.
import { ask, csrf, put, tell } from "./asking.js";

const FAR = 5; // pixels before a press becomes a drag
const EDGE = 70; // pixels from the window's edge within which the page scrolls along
const PACE = 12; // pixels a frame

const lists = () => [...document.querySelectorAll("ol[data-section]")];
const bullets = (list) => [...list.querySelectorAll(":scope > li.bullet:not(.gone)")];
const home = () => location.pathname.split("/").slice(0, 3).join("/");

// How many bullets each section has by now.
export function recount() {
  for (const list of lists()) {
    const badge = list.closest("section")?.querySelector("h2 .badge");
    if (badge) badge.textContent = bullets(list).filter((one) => !one.matches(".remark")).length;
    list.parentElement.querySelector(".none")?.toggleAttribute("hidden", bullets(list).length > 0);
  }
}

// A composer that was moved stands where the desk says: in its section, below the bullet that comes before it.
export function settle(item) {
  if (item?.dataset.section === undefined) return;
  const list = lists().find((one) => one.dataset.section === item.dataset.section);
  if (!list) return;
  const before = [...list.children].find((one) => one.dataset.key === item.dataset.before) ?? null;
  if (item.parentElement !== list || item.nextElementSibling !== before) list.insertBefore(item, before);
}

// On their way to the desk, one after another: each says where it goes as things stand after the one before.
const moves = [];

function send(item, back) {
  const list = item.parentElement;
  const next = bullets(list)[bullets(list).indexOf(item) + 1];
  const place = [["key", item.dataset.key], ["section", list.dataset.section], ...(next ? [["before", next.dataset.key]] : [])];
  recount();
  moves.push({ place, back });
  if (moves.length === 1) work();
}

async function work() {
  while (moves.length) {
    const answer = await ask(`${home()}/bullets/place`, [["csrf", csrf()], ...moves[0].place]).catch(() => null);
    if (answer) put(answer.body);
    else tell("It could not be moved.", true);
    if (answer?.ok) moves.shift();
    else for (const { back } of moves.splice(0).reverse()) back();
    recount();
  }
}

// The one that is under way arrives all the same.
addEventListener("beforeunload", (event) => moves.length > 1 && event.preventDefault());

// Where it is now, as something that puts it back there.
function remembered(item) {
  const { parentElement: list, nextElementSibling: before } = item;
  return () => list.insertBefore(item, before?.parentElement === list ? before : null);
}

// Returns whether there was anywhere to go: what stands in no section can leave it, and nothing comes in.
function step(item, by) {
  const list = item.parentElement;
  const here = bullets(list);
  const there = here[here.indexOf(item) + by];
  if (there) {
    if (by < 0) there.before(item);
    else there.after(item);
    return true;
  }
  const beside = lists()[lists().indexOf(list) + by];
  if (!beside?.dataset.section) return;
  if (by < 0) beside.append(item);
  else beside.prepend(item);
  return true;
}

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("ol[data-section] > li:not(.composer, .gone)");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!item || !event.altKey || !by) return;
  event.preventDefault();
  event.stopPropagation();
  const back = remembered(item);
  if (!step(item, by)) return;
  event.target.focus();
  item.scrollIntoView({ block: "nearest" });
  send(item, back);
}, true);

let drag = null;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.(".grip");
  const item = grip?.closest("ol[data-section] > li");
  if (!item || event.button) return;
  drag = { item, grip, from: event.clientY, moving: false, back: remembered(item) };
  grip.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.moving && Math.abs(event.clientY - drag.from) < FAR) return;
  drag.x = event.clientX;
  drag.y = event.clientY;
  if (!drag.moving) requestAnimationFrame(scroll);
  drag.moving = true;
  drag.item.classList.add("dragged");
  carry();
});

// The item goes to where the pointer is.
function carry() {
  const { item, x, y } = drag;
  const list = document.elementFromPoint(x, y)?.closest("section")?.querySelector("ol[data-section]");
  if (!list || (!list.dataset.section && list !== item.parentElement)) return;
  const below = bullets(list).filter((one) => one !== item).find((one) => {
    const box = one.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  if (below ? item.nextElementSibling !== below || item.parentElement !== list : list.lastElementChild !== item) {
    list.insertBefore(item, below ?? null);
  }
}

// Another section may be further away than the window is high.
function scroll() {
  if (!drag) return;
  const bar = document.querySelector("header.top")?.getBoundingClientRect().bottom ?? 0;
  const by = drag.y < bar + EDGE ? -PACE : drag.y > innerHeight - EDGE ? PACE : 0;
  if (by) {
    scrollBy(0, by);
    carry();
  }
  requestAnimationFrame(scroll);
}

function drop(event) {
  if (!drag) return;
  const { item, grip, moving, back } = drag;
  drag = null;
  item.classList.remove("dragged");
  if (!moving) return;
  // The press that ends a drag is no click on the handle.
  const swallow = (click) => click.preventDefault();
  grip.addEventListener("click", swallow, true);
  setTimeout(() => {
    grip.removeEventListener("click", swallow, true); // a finger's drag ends without one
    grip.blur();
  });
  if (event.type === "pointercancel") back();
  else send(item, back);
}

document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.(".grip")) event.preventDefault();
});
