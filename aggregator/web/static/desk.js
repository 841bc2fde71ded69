// What pages share: sending a form without loading the page anew, swapping in what comes back, saying what was done.
const STAYS = 6000;
let silence;

export const csrf = () => document.querySelector('meta[name="csrf"]').content;

// Sends a form; what comes back replaces the elements of the same id. Returns the answer.
export async function send(form, submitter) {
  const data = new FormData(form, submitter);
  const answer = await fetch(submitter?.formAction || form.action, { method: "POST", body: new URLSearchParams(data), headers: { "X-Fragment": "1" } });
  swap(await answer.text());
  return answer;
}

export function parse(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children];
}

// Replaces each element of the page that came back under the same id; returns those that are in the page now.
export function swap(html) {
  const placed = [];
  for (const fresh of parse(html)) {
    if (fresh.id === "said") {
      say(fresh.textContent.trim(), fresh.classList.contains("bad"));
      continue;
    }
    const old = fresh.id && document.getElementById(fresh.id);
    if (!old) continue;
    const focused = old.contains(document.activeElement) && document.activeElement.id;
    if (old.classList.contains("at")) fresh.classList.add("at");
    old.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    placed.push(fresh);
  }
  return placed;
}

// A reader reads out what appears here; it must stay one and the same element.
export function say(words, bad = false) {
  const said = document.getElementById("said");
  clearTimeout(silence);
  said.classList.toggle("bad", bad);
  said.textContent = words;
  if (words && !bad) silence = setTimeout(() => (said.textContent = ""), STAYS);
}
