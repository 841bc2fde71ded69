// The keys, told; and the letters among them switched off, for who speaks to the browser or presses keys by mistake.
import { letters, setLetters } from "./desk.js";

const box = document.getElementById("help");
const wanted = document.getElementById("letters");

export function help() {
  wanted.checked = letters();
  box.showModal();
}

wanted.addEventListener("change", () => setLetters(wanted.checked));

// In a dialog that offers several things a letter presses the button that names it.
document.addEventListener("keydown", (event) => {
  const dialog = event.target.closest("dialog[open]");
  if (!dialog || !letters() || event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = [...dialog.querySelectorAll("button[data-key]")].find((one) => one.dataset.key === event.key && !one.hidden && !one.disabled);
  if (!button) return;
  event.preventDefault();
  event.stopPropagation();
  button.form.requestSubmit(button);
}, true);
