"""A desk with a thousand orders over tables in memory, served on this machine, for pictures. Real pages, real acts, no engine."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import urlsplit

from lambdas.desk.handler import respond
from lambdas.desk.web.site import Site
from lambdas.orders.decisions import outcomes
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.store import save
from lambdas.read_models.history.history import History
from lambdas.read_models.history.table import HistoryTable
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.worklist.follower import Worklist
from lambdas.records.posts.post import Post, PostKind
from tests.support.build import Clock
from tests.unit.desk.staff import an_order_in

_FIRST = (
    "Ada",
    "Grace",
    "Alan",
    "Edsger",
    "Barbara",
    "Kwame",
    "Mei",
    "José",
    "Fatima",
    "Jürgen",
    "Zoë",
    "Ravi",
    "Olga",
    "Nils",
)
_LAST = (
    "Okafor",
    "Hopper",
    "Núñez",
    "Chen",
    "Liskov",
    "Schröder",
    "Haddad",
    "Kumar",
    "Petrova",
    "Lindqvist",
    "Mensah",
    "O'Neill",
)
_TRADES = (
    "Bakery",
    "Analytics",
    "Print Shop",
    "Logistics",
    "Dental Practice",
    "Robotics",
    "Travel",
    "Books",
    "Architects",
)
_HOUR = 3600


class Followers:
    """What reads the order stream on a stage: worklist, search, history, counts."""

    def __init__(self, site: Site, clock: Clock) -> None:
        models = site.desk.read_models
        self._site, self.clock = site, clock
        self._worklist, self._search = Worklist(models), SearchEntries(models)
        self._history = History(HistoryTable(site.desk.history), clock)

    def follow(self, before: Order | None, after: Order) -> Order:
        for reader in (self._worklist, self._search, self._history):
            reader.follow(before, after)
        self._site.desk.counts.follow(before, after)
        return after

    def change(self, order: Order, by: str, how: str, **changes: Any) -> Order:
        """The order as it was changed, read by all of them."""
        self.clock.time += 60
        now = self.clock.time

        def changed(current: Order) -> Order:
            return current.changed(**changes, changed_by=by, changed_how=how, activity=now)

        return self.follow(order, save(self._site.desk.service.store, order, changed))


def fill(site: Site, clock: Clock, orders: int) -> None:
    """Orders in all queues and all states, the same each time."""
    chance, followers = random.Random(7), Followers(site, clock)
    models = [_model(site, queue) for queue in sorted(site.desk.service.queues)]
    for number in range(orders):
        clock.time += chance.randrange(60, 900)
        model = models[number % len(models)]
        order = _somebody(site, model, chance, clock.time)
        site.desk.service.store.create(order, (), clock.time)
        followers.follow(None, _as_stored(site, order))


def _model(site: Site, queue: int) -> Order:
    return an_order_in(site, queue)


def _as_stored(site: Site, order: Order) -> Order:
    return site.desk.service.get(order_id=order.order_id)


def _somebody(site: Site, model: Order, chance: random.Random, now: int) -> Order:
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    company = f"{last} {chance.choice(_TRADES)}"
    info = {**model.info, "first": first, "last": last, "company": company, "email": "orders@example.com"}
    order = model.changed(
        order_id=site.desk.service.store.new_order_id(), hash=f"{chance.getrandbits(128):032x}", info=info, revision=1,
        listed_company=company, ts=now, submitted_at=now, activity=now, priority=chance.choices((0, 1, 2, 3), (1, 20, 3, 1))[0],
    )  # fmt: skip
    return _somewhere(order, chance, now)


def _somewhere(order: Order, chance: random.Random, now: int) -> Order:
    """The order in a step of its queue, where it waits, failed, is done, or was canceled."""
    ordinary = [
        step for step in order.checklist_steps if step.status is StepStatus.ORDINARY and order.actions_of(step.step_id)
    ]
    fate = chance.random()
    if fate < 0.35:
        return _at(order, StepStatus.COMPLETE, now)
    if fate < 0.45:
        return _at(order, StepStatus.CANCELED, now)
    return waiting_in(
        order,
        chance.choice(ordinary).step_id,
        now,
        is_failed=chance.random() < 0.2,
        hours=chance.choice((-20, -2, 3, 8, 30)),
    )


def _at(order: Order, status: StepStatus, now: int) -> Order:
    step = next(step for step in order.checklist_steps if step.status is status)
    if status is StepStatus.CANCELED:
        said = {
            "canceled_at": now,
            "canceled_by": "sales",
            "canceled_because": "the client asked for it",
            "unwound_at": now,
        }
        return order.changed(step_id=step.step_id, step_status=status, waits={}, **said)
    done = {key: action.changed(state=ActionState.DONE, attempts=1) for key, action in order.actions.items()}
    return order.changed(step_id=step.step_id, step_status=status, waits={}, actions=done, completed_at=now)


def waiting_in(order: Order, step_id: int, now: int, *, is_failed: bool = False, hours: int = 3) -> Order:
    """The order in this step, where a person must act on its last action by hand, or else its last one."""
    actions = order.actions_of(step_id)
    here = next((action for action in reversed(actions) if not action.automatic), actions[-1])
    passed = [step.step_id for step in order.checklist_steps if step.step_id < step_id]
    done = {
        key: action.changed(state=ActionState.DONE, attempts=1, at=now - 5 * _HOUR)
        for key, action in order.actions.items()
        if action.step_id in passed or (action.step_id == step_id and action.action_id < here.action_id)
    }
    moved = order.changed(step_id=step_id, step_status=StepStatus.ORDINARY, actions={**order.actions, **done})
    reason = "the registry did not answer: connection timed out" if is_failed else f"to do: {here.name}"
    asked = outcomes.waiting(moved, here.action_id, now=now, reason=reason, result={})
    if is_failed:
        failed = asked.actions[str(here.action_id)].changed(failed_last=True, attempts=3)
        asked = asked.changed(actions={**asked.actions, str(here.action_id): failed})
    wait = Wait(token="t", since=now - 4 * _HOUR, due_at=now + hours * _HOUR, owner=here.owner, overdue=hours < 0)
    return asked.changed(waits={str(here.action_id): wait})


def tell(site: Site, order: Order, now: int) -> None:
    """Messages on an order."""
    said = (
        (PostKind.COMMENT, "kim", "Address checked against the land register. It fits."),
        (
            PostKind.CLIENT_RESPONSE,
            "ada@example.com",
            "When will the server be ready? We would like to move on Monday.",
        ),
        (PostKind.RESPONSE, "boss", "It is in the rack and passes its last checks today."),
    )
    for place, (kind, who, body) in enumerate(said):
        by = "" if kind is PostKind.CLIENT_RESPONSE else who
        post = Post(
            order_id=order.order_id, kind=kind, author=who, by=by, subject="", body=body, posted_at=now + place * 600
        )
        site.desk.posts.add(post, None)


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The address of the desk's pages on this machine."""
    one_at_a_time = Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, body: str) -> None:
            parts = urlsplit(self.path)
            event: dict[str, Any] = {
                "rawPath": parts.path,
                "rawQueryString": parts.query,
                "headers": {
                    **{name.lower(): value for name, value in self.headers.items()},
                    "x-forwarded-proto": "http",
                },
                "cookies": [each for each in self.headers.get("Cookie", "").split("; ") if each],
                "requestContext": {"http": {"method": self.command, "sourceIp": "192.0.2.7"}, "requestId": "r-1"},
                "body": body,
                "isBase64Encoded": False,
            }
            with one_at_a_time:
                response = respond(event, site)
            self.send_response(response["statusCode"])
            for name, value in [
                *response["headers"].items(),
                *(("Set-Cookie", cookie) for cookie in response["cookies"]),
            ]:
                if name != "Strict-Transport-Security":
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response["body"].encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: pictures are the only output."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
