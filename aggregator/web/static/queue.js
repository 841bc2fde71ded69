// What he decided, on its way to the desk: one after another in his order, again and again until it is saved or refused.
import { renew } from "./asking.js";
import { csrf, parse } from "./desk.js";

const WAITS = [500, 1000, 2000, 4000, 8000, 15000];
const PASSING = new Set([408, 425, 429, 502, 503, 504]);

// name: under which this tab keeps what is not saved, so that loading the page anew loses nothing. told(waiting, why, remedy):
// called whenever the number of unsaved things changes; why: in words, what keeps them, or ""; remedy: a link that helps.
export function makeQueue(name, told) {
  const waiting = [];
  let working = false;

  function changed(...why) {
    keep(name, waiting.map(({ once, url, fields }) => ({ once, url, fields })));
    told(waiting.length, ...why);
  }

  async function work() {
    working = true;
    for (let failures = 0; waiting.length; ) {
      const job = waiting[0];
      const [answer, html, why, remedy] = await attempt(job);
      if (!answer) {
        changed(why, remedy);
        await pause(WAITS[Math.min(failures++, WAITS.length - 1)]);
        continue;
      }
      failures = 0;
      waiting.shift();
      if (answer.ok) job.done(html, answer);
      else job.refused(html);
      changed("");
    }
    working = false;
  }

  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  return {
    // url, fields: of the form. done(html, answer) and refused(html): once it is settled.
    push(job) {
      waiting.push({ once: [...crypto.getRandomValues(new Uint32Array(4))].join("-"), ...job });
      changed("");
      if (!working) work();
    },
    // Sends what was left when the page was loaded anew. how(job) -> its done and refused.
    resume(how) {
      for (const job of kept(name)) this.push({ ...job, ...how(job) });
    },
    get length() {
      return waiting.length;
    },
  };
}

// [answer, its html] once the desk has answered, [null, "", why, remedy] while it has to be asked again.
async function attempt(job) {
  const body = new URLSearchParams([...job.fields, ["csrf", csrf()]]);
  let answer, html;
  try {
    answer = await fetch(job.url, { method: "POST", body, headers: { "X-Fragment": "1", "X-Once": job.once } });
    html = await answer.text();
  } catch {
    return [null, "", "the desk does not answer"];
  }
  if (PASSING.has(answer.status)) return [null, "", wordsOf(html) || "the desk is busy"];
  if (answer.status === 401 || answer.redirected || (answer.status === 403 && !job.renewed)) {
    // Signed out meanwhile, or signed in anew in another tab: that page knows a token that holds.
    job.renewed = await renew();
    return [null, "", ...(job.renewed ? [""] : ["you are signed out", signIn()])];
  }
  return [answer, html];
}

const wordsOf = (html) => parse(html).find((one) => one.id === "said")?.textContent.trim().replace(/\.$/, "") ?? "";

function signIn() {
  const link = document.createElement("a");
  link.href = "/login";
  link.target = "_blank";
  link.textContent = "Sign in again, in another tab";
  return link;
}

function keep(name, jobs) {
  try {
    if (jobs.length) sessionStorage.setItem(name, JSON.stringify(jobs));
    else sessionStorage.removeItem(name);
  } catch {
    // A browser may keep nothing; then it is in the page alone, which asks before it is left.
  }
}

function kept(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name) ?? "[]");
  } catch {
    return [];
  }
}

// Over when the time is, or when he comes back to the page or its network does.
function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      for (const one of ["online", "focus"]) removeEventListener(one, done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    for (const one of ["online", "focus"]) addEventListener(one, done);
  });
}
