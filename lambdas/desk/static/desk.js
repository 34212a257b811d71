// Keeps a page up to date while it is looked at; without it, "Load again" does.
(() => {
  "use strict";
  const SECONDS = 5;
  const content = document.getElementById("content");

  // One click sends one form.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[type=submit]");
    if (button.getAttribute("aria-disabled")) return event.preventDefault();
    button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("button[aria-disabled]")) button.removeAttribute("aria-disabled");
  });

  document.getElementById("refused")?.focus();
  if (!content?.dataset.again) return;

  const news = document.getElementById("news");
  const say = (text) => { if (news.textContent !== text) news.textContent = text; };
  const isTypedIn = (part) => [...part.querySelectorAll("input, textarea")].some((input) => input.value !== input.defaultValue || input.checked !== input.defaultChecked)
    || [...part.querySelectorAll("option")].some((option) => option.selected !== option.defaultSelected && option.index > 0);
  const told = new Map();  // what the server sent last for each part, by its id

  const replace = (part, fresh) => {
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    const open = [...part.querySelectorAll("details[open]")].map((details) => details.id);
    part.innerHTML = fresh.innerHTML;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const update = (drawn) => {
    let kept = false, changed = false;
    for (const fresh of drawn.querySelectorAll("[data-live]")) {
      const part = document.getElementById(fresh.id);
      if (!part || told.get(fresh.id) === fresh.innerHTML) continue;
      const hasFocus = part.contains(document.activeElement);
      if (isTypedIn(part) || (hasFocus && !document.activeElement.id)) {
        kept = true;
        continue;
      }
      if (part.innerHTML !== fresh.innerHTML) {
        replace(part, fresh);
        changed = true;
      }
      told.set(fresh.id, fresh.innerHTML);
    }
    if (kept) say("Something changed. What you typed is kept; load again to see all of it.");
    else if (changed) say("Updated.");
  };

  const look = async () => {
    if (document.visibilityState !== "visible") return true;
    const address = new URL(content.dataset.again, location.href);
    address.searchParams.set("part", "1");
    const answer = await fetch(address, { redirect: "error" }).catch(() => null);
    if (answer?.status === 401) {
      say("You are signed out. Load again to sign in.");
      return false;
    }
    if (!answer?.ok) {
      say("The desk does not answer. What is shown may be old.");
      return true;
    }
    const drawn = document.createElement("template");
    drawn.innerHTML = await answer.text();
    update(drawn.content);
    return true;
  };

  const again = () => setTimeout(async () => { if (await look()) again(); }, SECONDS * 1000);
  again();
  document.addEventListener("visibilitychange", look);
})();
