// Keys of the board: undo, and the bullet that is suggested.
import { letters } from "./desk.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !letters()) return;
  if (event.target.closest("input, textarea, select, dialog[open], [data-composer]")) return;
  const here = event.target.closest("section") ?? document;
  const wanted = {
    u: () => document.querySelector("form[data-undo]"),
    g: () => here.querySelector("form.suggestion") ?? document.querySelector("form.suggestion"),
  }[event.key]?.();
  const button = wanted?.querySelector("button:not([disabled])");
  if (!button) return;
  event.preventDefault();
  button.click();
});
