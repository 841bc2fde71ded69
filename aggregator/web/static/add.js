// The page "Add" as a dialog over any other page, and what its button says while pages are fetched.
const ID = "adding";

// Opens the form at `address`; a page that cannot be had this way is gone to.
export async function openAdd(address) {
  const answer = await fetch(address, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!answer?.ok) return location.assign(address);
  const dialog = document.getElementById(ID) ?? made();
  fill(dialog, await answer.text());
  dialog.showModal();
  dialog.querySelector("textarea")?.focus();
}

function made() {
  const dialog = document.createElement("dialog");
  dialog.id = ID;
  dialog.setAttribute("aria-label", "Add a page");
  dialog.addEventListener("submit", sent);
  document.body.append(dialog);
  return dialog;
}

function fill(dialog, html) {
  const close = document.createElement("form");
  close.method = "dialog";
  close.className = "close";
  const button = document.createElement("button");
  button.className = "quiet";
  button.textContent = "Close";
  close.append(button);
  dialog.replaceChildren(close, ...new DOMParser().parseFromString(html, "text/html").body.childNodes);
}

async function sent(event) {
  const form = event.target;
  if (form.method === "dialog") return;
  event.preventDefault();
  busy(form, true);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Fragment": "1" } });
    fill(form.closest("dialog"), await answer.text());
    document.dispatchEvent(new CustomEvent("candidates-added"));
  } catch {
    busy(form, false);
    form.querySelector(".hint").textContent = "The desk does not answer. What you typed stays here; try again.";
  }
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
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || document.getElementById("add-form")) return;
  event.preventDefault();
  openAdd(link.href);
});

// On the page itself the form is sent as it is; once it is on its way, its button says so.
document.addEventListener("submit", (event) => {
  if (event.target.id === "add-form" && !event.target.closest("dialog")) setTimeout(() => busy(event.target, true));
});
// A page that comes back from the browser's memory has not been sent.
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => busy(form, false)));
