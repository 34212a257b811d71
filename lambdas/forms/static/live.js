// Keeps the status page up to date while somebody looks at it. Without it, a link loads the page again.
(() => {
  "use strict";
  const parts = () => [...document.querySelectorAll("[data-live]")];
  const FIRST_SECONDS = 3, SLOWEST_SECONDS = 60, STOPS_AFTER_SECONDS = 3600;
  let seconds = FIRST_SECONDS, timer, since = Date.now();
  const touched = new WeakSet();

  document.addEventListener("input", (event) => {
    const part = event.target.closest("[data-live]");
    if (part) touched.add(part);
  });

  // A part in which somebody types, or has typed, stays as it is.
  const isInUse = (part) => touched.has(part) || part.contains(document.activeElement);

  const update = async () => {
    const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
    if (!answer) return;
    if (!answer.ok) return stop();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts()) {
      const now = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!now || now.dataset.version === part.dataset.version || isInUse(part)) continue;
      part.replaceChildren(...now.childNodes);
      part.dataset.version = now.dataset.version;
      document.title = page.title;
      seconds = FIRST_SECONDS;
    }
  };

  const stop = () => clearTimeout(timer);
  const wait = () => {
    stop();
    if (Date.now() - since > STOPS_AFTER_SECONDS * 1000) return;
    timer = setTimeout(async () => {
      if (document.hidden) return;
      seconds = Math.min(seconds * 1.5, SLOWEST_SECONDS);
      wait();
      await update();
    }, seconds * 1000);
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return stop();
    seconds = FIRST_SECONDS;
    since = Date.now();
    wait();
  });
  if (parts().length) wait();
})();
