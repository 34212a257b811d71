"""Plays the people of a queue in the terminal: whatever waits for somebody is processed, skipped or settled by its owner.

All of it goes over HTTP, as any other program would do it: to the API as two different users, and to the stand-in panel.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Self

import httpx
from rich.console import Console
from rich.markup import escape

from infra.local.play.order import GIVE_UP_SECONDS, OrderStuckError, call, client_of
from infra.local.play.scenes import SECOND_PEOPLE, Scene
from infra.local.stack import LocalStack

_POLL_SECONDS = 0.03
_AT_WORK = "the receiver is at work"
_COLOURS = {"done": "green", "waiting": "yellow", "failed": "red", "skipped": "magenta", "undone": "blue"}
_INPUTS: dict[str, dict[str, Any]] = {"simple_question": {"answers": ["yes"]}}

Order = dict[str, Any]
Action = dict[str, Any]


class People:
    """The people, and what they have seen and done of one order."""

    def __init__(self, stack: LocalStack, panel_url: str, scene: Scene, console: Console) -> None:
        self._scene, self._console = scene, console
        self._open = ExitStack()
        self._first = self._open.enter_context(client_of(stack))
        self._second = self._open.enter_context(client_of(stack, "qa"))
        self._names = {id(self._first): stack.user, id(self._second): stack.people["qa"][0]}
        self._panel = self._open.enter_context(httpx.Client(base_url=panel_url, timeout=30))
        self._began = time.monotonic()
        self._seen: dict[str, str] = {}
        self._acted: set[tuple[str, int]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def complete(self, order_queue_id: int) -> Order:
        """An order from lead to Complete."""
        order = self._submitted(order_queue_id, fails=bool(self._scene.fails[0]))
        return self._follow(order, lambda now: bool(now["step"]["status"] == "complete"), self._act)

    def finished(self, order: Order) -> Order:
        """An order that was submitted by another door, on to Complete."""
        self._began, self._seen, self._acted = time.monotonic(), {}, set()
        return self._follow(order, lambda now: bool(now["step"]["status"] == "complete"), self._act)

    def canceled(self, order_queue_id: int) -> Order:
        """An order that is canceled where its scene says, until nothing is left of it."""
        order = self._submitted(order_queue_id, fails=self._scene.fails[0] == self._scene.cancel_at)
        order = self._follow(order, self._is_where_it_ends, self._act)
        self._say(f"[bold red]canceled by {self._names[id(self._first)]}[/], in {order['step']['name']}")
        order = call(self._first, "order.cancel", {"order_id": order["order_id"], "reason": self._scene.because})
        order = self._follow(order, lambda now: now["unwound_at"] is not None)
        self._say("[bold]unwound[/]: nothing of it is active, nothing is held")
        calls = self._panel.get("/_calls", params={"order_id": order["order_id"]}).json()
        asked = ", ".join(one["path"] for one in calls if one["undo"])
        self._say(f"the stand-in was asked to take back: {asked or 'nothing'}")
        return order

    def _submitted(self, order_queue_id: int, *, fails: bool) -> Order:
        self._began, self._seen, self._acted = time.monotonic(), {}, set()
        order = call(self._first, "order.create", self._scene.order(order_queue_id))
        held = f"{order['total']} {order['currency']}"
        self._console.print(f"\n[bold]Order {order['order_id']}[/], {held}", highlight=False)
        _, path, reason = self._scene.fails
        if fails:
            self._panel.post("/_fail", json={"order_id": order["order_id"], "path": path, "reason": reason})
        submitted = call(self._first, "order.submit", {"order_id": order["order_id"]})
        self._say(f"submitted{', the money is held' if self._scene.payment else ', to be paid by invoice'}")
        return submitted

    def _follow(
        self, order: Order, is_over: Callable[[Order], bool], act: Callable[[Order], None] = lambda order: None
    ) -> Order:
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < deadline:
            for line in self._news(order):
                self._say(line)
            if is_over(order):
                return order
            act(order)
            time.sleep(_POLL_SECONDS)
            order = dict(
                self._first.get("/order.get", params={"order_id": order["order_id"]}).raise_for_status().json()
            )
        standing = {action["name"]: action["state"] for action in order["actions"]}
        raise OrderStuckError(f"order {order['order_id']} is still in {order['step']['name']}: {standing}")

    def _news(self, order: Order) -> Iterator[str]:
        """The changes since the last look: ends in the steps before, the present step, and the work in it."""
        actions = sorted(order["actions"], key=lambda action: (action["state"] == "waiting", action["at"] or ""))
        here = order["step"]["order_step_id"]
        yield from self._changed([action for action in actions if action["order_step_id"] != here], order)
        if self._seen.get("step") != order["step"]["name"]:
            self._seen["step"] = order["step"]["name"]
            yield f"[bold cyan]{order['step']['name']}[/]"
        yield from self._changed([action for action in actions if action["order_step_id"] == here], order)

    def _changed(self, actions: list[Action], order: Order) -> Iterator[str]:
        waits = {wait["for"]: wait for wait in order["waits"]}
        for action in actions:
            key, state = str(action["order_action_id"]), action["state"]
            if state in ("pending", "running", "failed") or (state == "waiting" and key not in waits):
                continue
            if self._seen.get(key) != f"{state} {action['attempts']}":
                self._seen[key] = f"{state} {action['attempts']}"
                yield self._line(action, waits.get(key))

    def _line(self, action: Action, wait: dict[str, Any] | None) -> str:
        text = escape(action["reason"])
        if wait is not None:
            due = datetime.fromisoformat(wait["due_at"]).astimezone()
            text = f"for [bold]{wait['owner']}[/] until {due:%a %d %b %H:%M}" + (f": {text}" if text else "")
        return f"  {action['name']:<28} [{_COLOURS[action['state']]}]{action['state']:<8}[/] {text}"

    def _act(self, order: Order) -> None:
        """Each wait is acted on once; what the stand-in is at work on is left to it."""
        actions = {str(action["order_action_id"]): action for action in order["actions"]}
        for wait in order["waits"]:
            action = actions.get(wait["for"])
            if action is None or action["reason"].startswith(_AT_WORK) or action["state"] != "waiting":
                continue
            if (turn := (wait["for"], action["attempts"])) not in self._acted:
                self._acted.add(turn)
                self._process(str(order["order_id"]), action)

    def _process(self, order_id: str, action: Action) -> None:
        person = self._second if action["owner"] in SECOND_PEOPLE else self._first
        who = f"[bold]{self._names[id(person)]}[/], as {action['owner']},"
        about = {"order_id": order_id, "order_action_id": action["order_action_id"]}
        if why := self._scene.skips.get(action["name"]):
            self._say(f"  {who} skips {action['name']}: {why}")
            call(person, "order.process", {**about, "skip": True, "reason": why})
            return
        again = (
            "has settled it, and processes it again" if action["attempts"] and action["automatic"] else "processes it"
        )
        self._say(f"  {who} {again}: {action['name']}")
        call(person, "order.process", {**about, "input": _INPUTS.get(action["module"], {})})

    def _is_where_it_ends(self, order: Order) -> bool:
        action = next((one for one in order["actions"] if one["name"] == self._scene.cancel_at), None)
        if action is None:
            return bool(order["step"]["status"] != "leads")
        waits = any(wait["for"] == str(action["order_action_id"]) for wait in order["waits"])
        return bool(action["state"] == "waiting" and waits)

    def _say(self, text: str) -> None:
        self._console.print(f"  {time.monotonic() - self._began:7.3f} s  {text}", highlight=False, soft_wrap=True)
