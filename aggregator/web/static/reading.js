// Reading in place: a candidate's text, why it is here, a folded list, the composer of a bullet.
import { parse, say, swap } from "./desk.js";
import { current, goTo } from "./cursor.js";

const home = document.getElementById("main").dataset.home;

async function load(address) {
  const answer = await fetch(address, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!answer) return say("The desk does not answer.", true);
  const html = await answer.text();
  if (answer.ok && !answer.redirected) return parse(html);
  swap(html);
}

// only: "why" for no more than why it is here.
export async function read(item = current(), only = "") {
  if (item?.dataset.fold) return unfold(item);
  if (item?.dataset.key) return write(item);
  const pane = item?.querySelector(".pane");
  if (!pane) return;
  const shows = only || "all";
  if (pane.dataset.shows === shows) return close(item);
  pane.dataset.shows = shows;
  const [fresh] = (await load(`${home}candidates/${item.dataset.id}${only && `?only=${only}`}`)) ?? [];
  // Meanwhile he closed it, decided, or began to write there.
  if (!pane.isConnected || pane.dataset.shows !== shows) return;
  delete pane.dataset.shows;
  if (!fresh) return;
  fresh.dataset.shows = shows;
  pane.replaceWith(fresh);
  item.scrollIntoView({ block: "nearest" });
}

// Whether there was something to close.
export function close(item = current()) {
  const pane = item?.querySelector(".pane");
  if (!pane?.hasChildNodes() && !pane?.dataset.shows) return false;
  empty(item);
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
  return true;
}

export function empty(item) {
  const pane = item.querySelector(".pane");
  pane.replaceChildren();
  delete pane.dataset.shows;
}

async function unfold(item) {
  const [list] = (await load(`${home}?list=${item.dataset.fold}`)) ?? [];
  if (!list || document.getElementById(list.id)) return;
  const here = item === current();
  item.parentElement.before(list);
  item.hidden = true;
  if (here) goTo(list.querySelector("[data-item]"));
}

// The composer of a bullet opens in its place (bullets.js); of a candidate, once it is kept.
export function write(item) {
  goTo(item);
  if (item.dataset.id) {
    const key = `c${item.dataset.id}`;
    const pane = item.querySelector(".pane");
    delete pane.dataset.shows;
    pane.innerHTML = `<ol class="bullets"><li class="bullet" id="bullet-${key}"><a data-open="${key}" href="${home}bullets/${key}">Write</a></li></ol>`;
  }
  item.querySelector("a[data-open]")?.click();
}
