// Asks the desk for fragments and puts them in the place of the elements of the same id.
import { csrf, place, say } from "./desk.js";

const FRAGMENT = { "X-Fragment": "1" };
const SHORT = 60_000;

// data: what to send; without it the page is only asked for. Throws where there is no answer, or only the one to sign in, then with
// `signedOut`. stale: what was sent was not from a page of this sign-in.
export async function ask(address, data) {
  const sent = data && new URLSearchParams([...data].map(([name, value]) => [name, String(value)]));
  // What he just sent arrives even if he leaves the page at once; browsers do that for short ones only.
  const keepalive = sent !== undefined && String(sent).length < SHORT;
  const answer = await fetch(address, sent ? { method: "POST", body: sent, headers: FRAGMENT, keepalive } : { headers: FRAGMENT });
  if (answer.redirected || answer.status === 401) throw Object.assign(new Error("signed out"), { signedOut: true, stale: true });
  const body = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  return { ok: answer.ok, conflict: answer.status === 409, stale: answer.status === 403, body };
}

// After a new sign-in, in another tab, this page's forms are good again. Returns whether they are.
export async function renew() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('meta[name="csrf"]')?.content;
  if (!fresh) return false;
  document.querySelector('meta[name="csrf"]').content = fresh;
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = fresh;
  return true;
}

export const put = (body) => place([...body.children]);

export { csrf, say as tell };
