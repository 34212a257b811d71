"""Where things are: the caller's queue, another one of the same brand, one of another brand, and one that is not there."""

from collections.abc import Iterator
from dataclasses import dataclass

from lambdas.orders.model.queue import Queue
from tests.support.build import a_queue


@dataclass(frozen=True)
class Place:
    """A brand and a queue of it, with a client. `queue`: also the first digits of its steps and actions."""

    brand: int
    queue: int
    client_id: str
    name: str

    @property
    def step(self) -> int:
        return self.queue * 10 + 2

    @property
    def action(self) -> int:
        return self.queue * 100 + 21


OURS = Place(1, 7001, "700101", "Ada-of-Ockham")
OTHER_CLIENT = Place(1, 7002, "700202", "Grace-of-Arlington")
OTHER_BRAND = Place(771, 7003, "700303", "Hedy-of-Vienna")
NOBODY = Place(991, 7004, "700404", "nobody")
PLACES = (OURS, OTHER_CLIENT, OTHER_BRAND)


def queues() -> Iterator[Queue]:
    for place in PLACES:
        first = place.queue * 10
        check = {"id": place.action, "name": "Check", "module": "manual_check_off", "automatic": False}
        invoice = {"id": place.action + 1, "name": "Invoice", "module": "generate_invoice", "prereqs": []}
        yield a_queue(
            key=f"of_{place.queue}",
            order_queue_id=place.queue,
            brand_id=place.brand,
            name=f"Queue {place.queue}",
            allow_quotes=True,
            steps=[
                {"id": first + 1, "name": "Leads", "expires_after_days": 30},
                {"id": place.step, "name": "Processing", "actions": [check, {**check, "id": place.action + 2}]},
                {"id": first + 5, "name": "Ready", "actions": [invoice]},
                {"id": first + 3, "name": "Complete"},
                {"id": first + 4, "name": "Canceled"},
            ],
        )
