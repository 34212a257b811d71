// Makes the form's pages better; all of them work without it.
(() => {
  "use strict";
  const form = document.querySelector("form[data-price]");
  const named = (name) => form.elements.namedItem(name);

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
  const conditional = [...form.querySelectorAll("[data-shown-when]")];
  const showFields = () => {
    for (const group of conditional) {
      const value = named(group.dataset.shownWhen)?.value ?? "";
      group.hidden = !group.dataset.values.split(" ").includes(value);
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

  // A list where addresses of the country have regions, else free text.
  const showRegions = async (country) => {
    const field = form.querySelector(`[data-regions-of="${country.dataset.country}"]`);
    if (!field) return;
    const path = form.dataset.price.replace(/price\?.*/, "regions");
    const answer = await fetch(`${path}?country=${encodeURIComponent(country.value)}`).catch(() => null);
    if (!answer?.ok) return;
    const regions = Object.entries(await answer.json());
    const made = document.createElement(regions.length ? "select" : "input");
    for (const { name, value } of field.attributes) if (name !== "value" && name !== "type") made.setAttribute(name, value);
    if (regions.length) made.append(new Option("Choose one", ""), ...regions.map(([code, name]) => new Option(name, code)));
    else made.type = "text";
    field.replaceWith(made);
  };

  form.addEventListener("input", () => {
    showFields();
    showButton();
    clearTimeout(timer);
    timer = setTimeout(showPrice, 250);
  });
  form.addEventListener("change", (event) => {
    if (event.target.dataset.country) showRegions(event.target);
  });

  showFields();
})();
