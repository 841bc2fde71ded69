// While work is under way its part of the page is asked for again every second; when it ends the page is loaded as it is then.
async function again() {
  const part = document.querySelector("[data-again]");
  if (!part) return;
  try {
    const answer = await fetch(part.dataset.again, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
    if (!fresh?.dataset.again) return location.reload();
    part.replaceChildren(...fresh.childNodes);
  } catch {
    // The desk is away for a moment: asked again.
  }
  setTimeout(again, 1000);
}
setTimeout(again, 1000);
