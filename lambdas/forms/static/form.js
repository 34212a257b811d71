// Makes the form's pages better; all of them work without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-price]");
  const named = (name) => form.elements.namedItem(name);

  // Files that are too many or too large are named before they are sent: API Gateway refuses such a call in its own words.
  const isTooMuch = ({ files, dataset }) =>
    files.length > dataset.mostFiles || [...files].reduce((sum, file) => sum + file.size, 0) > dataset.mostBytes;
  const judgeFiles = (input) => {
    const tooMuch = isTooMuch(input);
    document.getElementById(`${input.id}-error`)?.remove();
    input.setAttribute("aria-invalid", tooMuch);
    if (!tooMuch) return;
    const error = Object.assign(document.createElement("p"), { className: "error", id: `${input.id}-error`, role: "alert" });
    error.textContent = input.dataset.tooMuch;
    input.before(error);
  };
  document.addEventListener("change", ({ target }) => target.dataset.mostBytes && judgeFiles(target));
  document.addEventListener("submit", (event) => {
    const wrong = [...event.target.querySelectorAll("input[data-most-bytes]")].find(isTooMuch);
    if (!wrong) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wrong.focus();
  });

  // One click sends one page.
  const buttonsIn = (place) => [...place.querySelectorAll("button[type=submit]")];
  document.addEventListener("submit", (event) => {
    const buttons = buttonsIn(event.target);
    if (buttons.some((button) => button.getAttribute("aria-disabled"))) return event.preventDefault();
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  });
  addEventListener("pageshow", () => buttonsIn(document).forEach((button) => button.removeAttribute("aria-disabled")));

  // A page that only asks to look again looks by itself.
  document.querySelector("form[data-at-once]")?.requestSubmit();

  if (!form) return;

  // A step saves the page, as Back does.
  document.querySelector(".steps")?.addEventListener("click", (event) => {
    const step = event.target.closest("a[data-go]");
    if (!step || event.ctrlKey || event.metaKey || event.shiftKey || !form.action) return;
    event.preventDefault();
    const go = document.createElement("input");
    Object.assign(go, { type: "hidden", name: "go", value: step.dataset.go });
    form.append(go);
    form.requestSubmit();
  });

  // Fields that are asked for only when another has some value.
  const showFields = () => {
    for (const group of form.querySelectorAll("[data-shown-when]")) {
      const value = named(group.dataset.shownWhen)?.value ?? "";
      group.hidden = !group.dataset.values.split(" ").includes(value);
      group.removeAttribute("data-later");
    }
  };

  // The button says what it does: it leads to the provider's page, or it orders.
  const button = form.querySelector("button[data-button]");
  const showButton = () => {
    const enters = form.querySelector("[name=payment]:checked")?.dataset.button;
    const sums = document.querySelector(".sums[data-button]");
    if (sums) button.dataset.button = sums.dataset.button;
    const leads = enters && !sums?.hasAttribute("data-free");
    button.value = leads ? "enter" : "order";
    button.textContent = leads ? enters : button.dataset.button;
  };

  // The price as it would be with what is typed now, from the same code that charges it.
  const summary = document.getElementById("summary");
  let timer, latest;
  const showPrice = async () => {
    latest?.abort();
    latest = new AbortController();
    try {
      const answer = await fetch(form.dataset.price, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: latest.signal,
      });
      if (!answer.ok) return;
      const drawn = await answer.text();
      if (drawn.trim() !== summary.innerHTML.trim()) summary.innerHTML = drawn;
      showButton();
      const due = document.getElementById("due");
      if (due) due.textContent = summary.querySelector(".total dd ins, .total dd")?.textContent ?? "";
      const payment = document.getElementById("payment-choice");
      if (payment) payment.hidden = !!summary.querySelector("[data-free]");  // nothing is due: nothing to choose
    } catch {
      // The page that comes next shows the price.
    }
  };

  // The address as the country has it: which fields, their names and their order. What was typed stays.
  const showAddress = async (country) => {
    const parts = document.getElementById("address-parts");
    if (!parts) return;
    const page = new URL(form.dataset.price, location.href).searchParams.get("page");
    const asked = new URLSearchParams({ page, country: country.value, lang: document.documentElement.lang });
    const answer = await fetch(`${form.dataset.price.replace(/price\?.*/, "address")}?${asked}`).catch(() => null);
    if (!answer?.ok) return;
    const drawn = await answer.text();
    const typed = [...parts.querySelectorAll("input, select, textarea")].map(({ name, value }) => [name, value]);
    const focused = parts.contains(document.activeElement) ? document.activeElement.name : "";
    parts.innerHTML = drawn;
    for (const [name, value] of typed) {
      const field = named(name);
      if (field && (field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value))) field.value = value;
    }
    for (const hint of parts.querySelectorAll("template[data-hint]")) {
      const help = document.getElementById(`${hint.dataset.hint}-help`);
      if (help) help.textContent = hint.content.textContent;
    }
    if (focused) named(focused)?.focus();
    showFields();
  };

  form.addEventListener("input", () => {
    showFields();
    showButton();
    clearTimeout(timer);
    timer = setTimeout(showPrice, 250);
  });
  form.addEventListener("change", (event) => {
    if (event.target.dataset.country === "country") showAddress(event.target);
  });

  showFields();
})();
