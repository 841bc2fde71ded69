// What he typed meanwhile elsewhere on the page would be lost with it.
function typed() {
  const fields = [...document.querySelectorAll("main input:not([type=hidden]), main textarea")];
  return fields.some((one) => (one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue));
}

function ended(part, fresh) {
  const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Show what came of it" });
  link.addEventListener("click", (event) => (event.preventDefault(), location.reload()));
  fresh.append(link);
  part.replaceWith(fresh);
}

// While work is under way its part of the page is asked for again every second; when it ends the page is loaded as it is then.
async function again() {
  const part = document.querySelector("[data-again]");
  if (!part) return;
  try {
    const answer = await fetch(part.dataset.again, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (!fresh?.dataset.again) return fresh && typed() ? ended(part, fresh) : location.reload();
    part.replaceChildren(...fresh.childNodes);
  } catch {
    // The desk is away for a moment: asked again.
  }
  setTimeout(again, 1000);
}
setTimeout(again, 1000);
