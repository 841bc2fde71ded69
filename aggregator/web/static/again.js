// Work under way: its parts of the page are asked for again every second; when one ends the page is loaded as it is then.
import { typed } from "./desk.js";

function ended(part, fresh) {
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Show what came of it" });
  link.addEventListener("click", (event) => (event.preventDefault(), location.reload()));
  fresh.append(link);
  part.replaceWith(fresh);
}

// What he pressed is on its way, or was a download: loading the page anew would take its answer from him.
const PATIENCE = 10_000; // milliseconds
let until = 0;
addEventListener("beforeunload", () => (until = Date.now() + PATIENCE));

async function again() {
  const parts = [...document.querySelectorAll("[data-again]")];
  if (!parts.length) return;
  try {
    const answer = await fetch(parts[0].dataset.again, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts) {
      const fresh = page.getElementById(part.id);
      if (fresh?.dataset.again) part.replaceChildren(...fresh.childNodes);
      // What he typed meanwhile elsewhere on the page would be lost with it.
      else if (typed(document.getElementById("main"))) fresh && ended(part, fresh);
      else if (Date.now() > until) return location.reload();
    }
  } catch {
    // The desk is away for a moment: asked again.
  }
  setTimeout(again, 1000);
}
setTimeout(again, 1000);
