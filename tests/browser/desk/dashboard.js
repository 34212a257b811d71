// What a dashboard of CloudWatch does with custom widgets: it cleans their HTML, and calls functions when buttons are pressed.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_interactivity.html
"use strict";

const OF_ACTIONS = ["action", "confirmation", "display", "endpoint", "event"];
const CLEANED = {
  ADD_TAGS: ["cwdb-action"],
  ADD_ATTR: [...OF_ACTIONS, "target"],
  ADD_URI_SAFE_ATTR: OF_ACTIONS, // an ARN looks like an address of an unknown scheme
  FORBID_TAGS: ["iframe", "use", "form", "button"],
  FORCE_BODY: true,
};
window.cut = []; // what the dashboard removed from what functions returned

function addWidget(title, endpoint, params) {
  const widget = document.createElement("section");
  widget.className = "widget";
  widget.setAttribute("aria-label", title);
  Object.assign(widget.dataset, { endpoint, params: JSON.stringify(params), id: `widget-${document.querySelectorAll(".widget").length}` });
  widget.append(Object.assign(document.createElement("div"), { className: "content" }));
  document.querySelector("main").append(widget);
  return refresh(title);
}

function refresh(title) {
  const widget = [...document.querySelectorAll(".widget")].find((each) => each.getAttribute("aria-label") === title);
  const params = JSON.parse(widget.dataset.params);
  return call(widget, widget.dataset.endpoint, params, contentOf(widget));
}

const contentOf = (widget) => widget.querySelector(".content");

function inputsOf(widget) {
  const named = [...contentOf(widget).querySelectorAll("input[name], select[name], textarea[name]")];
  return Object.fromEntries(named.filter((each) => each.type !== "checkbox" || each.checked).map((each) => [each.name, each.value]));
}

async function call(widget, endpoint, parameters, place) {
  const widgetContext = {
    dashboardName: document.title, widgetId: widget.dataset.id, accountId: "000000000000", locale: "en", period: 300,
    timezone: { label: "UTC", offsetISO: "+00:00", offsetInMinutes: 0 }, theme: document.documentElement.dataset.theme,
    title: widget.getAttribute("aria-label"), params: JSON.parse(widget.dataset.params), forms: { all: inputsOf(widget) },
  };
  show(await window.invokeFunction(endpoint, { ...parameters, widgetContext }), place, widget);
}

function show(answer, place, widget) {
  place.innerHTML = DOMPurify.sanitize(answer, CLEANED);
  const removed = DOMPurify.removed.map((each) => (each.element ?? each.attribute)?.nodeName ?? String(each));
  window.cut.push(...removed.filter((name) => name !== "REMOVE")); // FORCE_BODY puts that one in itself
  place.querySelectorAll("cwdb-action").forEach((action) => bind(action, widget));
  if (place.closest("dialog")) place.closest("dialog").showModal();
}

function bind(action, widget) {
  const before = action.previousElementSibling; // a cwdb-action belongs to the element just before it
  before.addEventListener(action.getAttribute("event") ?? "click", () => act(action, widget));
}

async function act(action, widget) {
  const question = action.getAttribute("confirmation");
  if (question && !(await isConfirmed(question))) return;
  const inPopup = action.getAttribute("display") === "popup";
  const place = inPopup ? document.querySelector("#popup .content") : contentOf(widget);
  if (action.getAttribute("action") !== "call") show(action.innerHTML, place, widget);
  else await call(widget, action.getAttribute("endpoint"), JSON.parse(action.textContent), place);
}

function isConfirmed(question) {
  const dialog = document.querySelector("#confirmation");
  dialog.querySelector("p").textContent = question;
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "confirm"), { once: true }));
}

document.querySelectorAll("dialog button").forEach((button) =>
  button.addEventListener("click", () => button.closest("dialog").close(button.value)),
);
