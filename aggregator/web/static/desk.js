// Sends forms without loading the page anew: what comes back replaces the elements of the same id.
export async function send(form, submitter) {
  const data = new FormData(form, submitter);
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data), headers: { "X-Fragment": "1" } });
  swap(await answer.text());
}

export function swap(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of [...parsed.body.children]) {
    if (fresh.id) document.getElementById(fresh.id)?.replaceWith(fresh);
  }
}
