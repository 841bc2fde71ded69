// What he decided, on its way to the desk: one after another in his order, again and again until it is saved or refused.
import { csrf } from "./desk.js";

const WAITS = [500, 1000, 2000, 4000, 8000, 15000];
const PASSING = new Set([408, 425, 429, 502, 503, 504]);

// told(waiting, why): called whenever the number of unsaved things changes; why: in words, what keeps them, or "".
export function makeQueue(told) {
  const waiting = [];
  let working = false;

  async function work() {
    working = true;
    for (let failures = 0; waiting.length; ) {
      const job = waiting[0];
      const [answer, why] = await attempt(job);
      if (!answer) {
        told(waiting.length, why);
        await pause(WAITS[Math.min(failures++, WAITS.length - 1)]);
        continue;
      }
      failures = 0;
      const html = await answer.text().catch(() => "");
      waiting.shift();
      told(waiting.length, "");
      if (answer.ok) job.done(html, answer);
      else job.refused(html);
    }
    working = false;
  }

  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  return {
    // url, fields: of the form. done(html, answer) and refused(html): once it is settled.
    push(job) {
      waiting.push({ name: [...crypto.getRandomValues(new Uint32Array(4))].join("-"), ...job });
      told(waiting.length, "");
      if (!working) work();
    },
    get length() {
      return waiting.length;
    },
  };
}

// [answer, ""] once the desk has answered, [null, why] while it has to be asked again.
async function attempt(job) {
  const body = new URLSearchParams([...job.fields, ["csrf", csrf()]]);
  let answer;
  try {
    answer = await fetch(job.url, { method: "POST", body, headers: { "X-Fragment": "1", "X-Once": job.name } });
  } catch {
    return [null, "the desk does not answer"];
  }
  if (PASSING.has(answer.status)) return [null, "the desk is busy"];
  if (answer.status === 401 || answer.redirected || (answer.status === 403 && !job.renewed)) {
    // Signed out meanwhile, or signed in anew in another tab: that page knows a token that holds.
    job.renewed = await renew();
    return [null, job.renewed ? "" : "sign in again in another tab"];
  }
  return [answer, ""];
}

async function renew() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || new URL(answer.url).pathname !== location.pathname) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('meta[name="csrf"]');
  if (fresh) document.querySelector('meta[name="csrf"]').content = fresh.content;
  return Boolean(fresh);
}

function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}
