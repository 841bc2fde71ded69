// The page "Add" as a dialog over any other page, and what its button says while pages are fetched.
import { ask, renew } from "./asking.js";

const ID = "adding";

// Opens the form at `address`, as he left it if he closed it in the middle; a page that cannot be had this way is gone to.
async function openAdd(address) {
  if (!hasWords()) {
    const answer = await ask(address).catch(() => null);
    if (!answer?.ok) return location.assign(address);
    if (!hasWords()) fill(document.getElementById(ID) ?? made(), answer.body);
  }
  const dialog = document.getElementById(ID);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("textarea")?.focus();
}

const hasWords = () => [...document.querySelectorAll(`#${ID} textarea`)].some((one) => one.value !== "");

function made() {
  const dialog = document.createElement("dialog");
  dialog.id = ID;
  dialog.setAttribute("aria-label", "Add a page");
  dialog.addEventListener("submit", sent);
  document.body.append(dialog);
  return dialog;
}

function fill(dialog, body) {
  const close = document.createElement("form");
  close.method = "dialog";
  close.className = "close";
  const button = document.createElement("button");
  button.className = "quiet";
  button.textContent = "Close";
  close.append(button);
  dialog.replaceChildren(close, ...body.childNodes);
}

async function sent(event) {
  const form = event.target;
  if (form.method === "dialog") return;
  event.preventDefault();
  busy(form, true);
  const { body, signedOut } = await send(form);
  // Without the form it is a refusal, and what he typed must not go with it.
  if (body?.querySelector("#add-form")) {
    fill(form.closest("dialog"), body);
    document.dispatchEvent(new CustomEvent("candidates-added"));
    return;
  }
  busy(form, false);
  const why = body?.textContent.trim() ?? (signedOut ? "You are signed out: sign in in another tab, then add it." : "The desk does not answer.");
  form.querySelector("output").textContent = `${why} What you typed stays here.`;
}

// The answer, or why there is none. After a sign-in in another tab it is sent once more, by the token that holds now.
async function send(form, again = true) {
  const answer = await ask(form.action, new FormData(form)).catch((error) => error);
  return again && answer.stale && (await renew()) ? send(form, false) : answer;
}

function busy(form, on) {
  const button = form.querySelector("[data-busy]");
  if (!button) return;
  button.disabled = on;
  button.dataset.words ??= button.textContent;
  button.textContent = on ? button.dataset.busy : button.dataset.words;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('header.top a[href$="/add"]');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector("main #add-form")) return;
  event.preventDefault();
  openAdd(link.href);
});

// On the page itself the form is sent as it is; once it is on its way, its button says so.
document.addEventListener("submit", (event) => {
  if (event.target.id === "add-form" && !event.target.closest("dialog")) setTimeout(() => busy(event.target, true));
});
// A page that comes back from the browser's memory has not been sent.
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => busy(form, false)));
