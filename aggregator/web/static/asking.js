// Asks the desk for fragments and puts them in the place of the elements of the same id.
import { csrf, place, say } from "./desk.js";

const FRAGMENT = { "X-Fragment": "1" };
const SHORT = 60_000;

// data: what to send; without it the page is only asked for. Throws where there is no answer, or only the one to sign in.
export async function ask(address, data) {
  const sent = data && new URLSearchParams([...data].map(([name, value]) => [name, String(value)]));
  // What he just sent arrives even if he leaves the page at once; browsers do that for short ones only.
  const keepalive = sent !== undefined && String(sent).length < SHORT;
  const answer = await fetch(address, sent ? { method: "POST", body: sent, headers: FRAGMENT, keepalive } : { headers: FRAGMENT });
  if (answer.redirected) throw new Error("signed out");
  const body = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  return { ok: answer.ok, conflict: answer.status === 409, body };
}

export const put = (body) => place([...body.children]);

export { csrf, say as tell };
