"""Whether a signed contract can become an order at all; asked before anything is made of it."""

from collections.abc import Iterator, Mapping

from lambdas.catalog.plan import Plan, sold_in
from lambdas.contracts.draft import draft_of
from lambdas.contracts.errors import ContractRefusedError
from lambdas.orders.errors import Problem
from lambdas.orders.model.queue import Queue
from lambdas.orders.service import OrderService
from lambdas.records.quotes.contract import SignedContract
from lambdas.records.quotes.service import QuotedService


def refuse_unfit(contract: SignedContract, service: OrderService, plans: Mapping[str, Plan]) -> None:
    """Raises ContractRefusedError, or InvalidOrderError for what a submit would refuse."""
    queue = service.queues.get(contract.order_queue_id)
    problems = [
        *queue_problems(queue, contract.brand_id),
        *_unknown(contract, sold_in(plans, service.currency_of(contract.brand_id))),
    ]
    if queue is None or problems:
        raise ContractRefusedError(*problems)
    service.check(service.preview_new(draft_of(contract)), signed=True)


def queue_problems(queue: Queue | None, brand_id: int) -> Iterator[Problem]:
    """Why no quote or contract can go there."""
    if queue is None:
        yield Problem("order_queue_id", "no such queue here any more; deploy it, or name another one")
        return
    named = f"queue {queue.order_queue_id} {queue.name}"
    if not queue.allow_quotes:
        yield Problem("order_queue_id", f"{named} takes no quotes; set allow_quotes in its queue.toml, or name another")
    if not queue.active:
        yield Problem("order_queue_id", f"{named} takes no new orders; set active in its queue.toml, or name another")
    if brand_id != queue.brand_id:
        yield Problem(
            "brand_id", f"{named} belongs to brand {queue.brand_id}; leave brand_id out, or name another queue"
        )


def _unknown(contract: SignedContract, plans: Mapping[str, Plan]) -> Iterator[Problem]:
    for number, service in enumerate(contract.services):
        yield from unknown_parts(f"services.{number}", service, plans)


def unknown_parts(where: str, service: QuotedService, plans: Mapping[str, Plan]) -> Iterator[Problem]:
    """A plan or option that is named and not in the catalogue."""
    if not service.plan_id:
        return
    plan = plans.get(service.plan_id)
    if plan is None:
        yield Problem(f"{where}.plan_id", f"no such service plan; the plans here are {', '.join(plans)}")
        return
    for upgrade_id, option in service.options.items():
        upgrade = plan.upgrades.get(upgrade_id)
        if option.option_id and (upgrade is None or option.option_id not in upgrade.options):
            yield Problem(f"{where}.options.{upgrade_id}", f"{plan.title} has no such option; name one it has")
