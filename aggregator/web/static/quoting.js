// Exact words of a page: he selects them where its text is shown, and a key or a tap quotes them.
import { ask, csrf, put, tell } from "./asking.js";
import { letters } from "./desk.js";

const SETTLES = 200; // milliseconds
let chosen = null;
let pressed = null; // what was, when the press on the button began
let soon;
let busy = false; // a second press must not quote the same words twice

const button = document.createElement("button");
Object.assign(button, { type: "button", className: "primary quote-it", hidden: true, textContent: "Quote" });
document.body.append(button);

function selected() {
  const now = getSelection();
  const pane = now.anchorNode?.parentElement?.closest("[data-candidate]");
  const words = now.toString().trim();
  return words && pane?.contains(now.focusNode) ? { words, pane } : null;
}

// reopen: called with the composer that shows the pane, to be shown anew; before: the same, to be saved first.
export function quotes({ before, reopen }) {
  async function quote({ words, pane }) {
    if (busy) return;
    busy = true;
    const form = pane.closest("[data-composer]");
    const home = location.pathname.split("/").slice(0, 3).join("/");
    try {
      if (form) await before(form);
      const data = new Map([["csrf", csrf()], ["candidate", pane.dataset.candidate], ["text", words]]);
      const { ok, body } = await ask(`${home}/quotes`, data);
      put(body);
      if (!ok) return;
      getSelection().removeAllRanges();
      if (form) await reopen(form);
    } catch {
      tell("The quotation could not be kept. Try again.", true);
    } finally {
      busy = false;
    }
  }

  document.addEventListener("selectionchange", () => {
    clearTimeout(soon);
    soon = setTimeout(() => {
      chosen = selected();
      button.hidden = !chosen;
    }, SETTLES);
  });
  button.addEventListener("pointerdown", () => (pressed = chosen));
  button.addEventListener("click", () => {
    if (pressed ?? chosen) quote(pressed ?? chosen);
    pressed = null;
    button.hidden = true;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "q" || !letters() || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const now = selected();
    if (!now) return;
    event.stopPropagation();
    quote(now);
  }, true);
}
