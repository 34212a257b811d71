"""Makes previews: reads the selected orders a batch at a time, and plans each."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from lambdas.bulk import preview as previews
from lambdas.bulk.errors import MOST_LOOKED_AT, MOST_ORDERS, PREVIEW_MINUTES, PreviewGoneError, TooManyOrdersError
from lambdas.bulk.instruction import Instruction
from lambdas.bulk.permit import UsersPermit
from lambdas.bulk.plan import Plan, Refusal, plan_order
from lambdas.bulk.preview import PAGE_ORDERS, Page, PlannedOrder, Preview
from lambdas.bulk.preview_records import PreviewRecords
from lambdas.bulk.selection import Selection
from lambdas.bulk.service_calls import as_trial
from lambdas.bulk.summary import with_plan, with_refusal
from lambdas.orders.model.order import Order
from lambdas.orders.pauses import Pause
from lambdas.orders.service import OrderService
from lambdas.orders.table.entries import FoundOrder
from lambdas.records.users.api_user import ApiUser, ApiUserRecords
from lambdas.records.users.rights import Right

CALL_SECONDS = 8.0  # of one call; a door gives up after 29
_BATCH = 100
_NOT_THERE = Refusal("order_not_found", "there is no such order, or none that this user may see")


@dataclass(frozen=True)
class Previews:
    """`now` gives Unix seconds. `paused`: reads the active pauses. `seconds`: how long a call reads orders."""

    service: OrderService
    records: PreviewRecords
    users: ApiUserRecords
    now: Callable[[], int]
    paused: Callable[[], Sequence[Pause]]
    seconds: float = CALL_SECONDS

    def begin(self, user: ApiUser, instruction: Instruction, selection: Selection) -> Preview:
        """A new preview, as far as one call comes. Raises TooManyOrdersError, InvalidOrderError for a filter that is none."""
        now = self.now()
        return self._fill(
            Preview(
                preview_id=secrets.token_hex(8),
                by=user.name,
                instruction=instruction,
                selection=selection,
                made_at=now,
                expires_at=now + PREVIEW_MINUTES * 60,
                digest=previews.first_digest(user.name, instruction),
            ),
            user,
        )

    def find(self, token: str, by: str) -> Preview:
        """The preview of this token and user, if it may still be run. Raises PreviewGoneError."""
        preview = self.records.find(token.partition(".")[0][:64])
        fits = preview is not None and preview.token == token and preview.by == by
        if preview is None or not fits or preview.expires_at < self.now():
            raise PreviewGoneError
        return preview

    def resume(self, user: ApiUser, token: str) -> Preview:
        """The preview with more orders looked at. A complete one stays as it is. Raises as `begin`, and PreviewGoneError."""
        preview = self.find(token, user.name)
        return preview if preview.is_complete else self._fill(preview, user)

    def _fill(self, preview: Preview, user: ApiUser) -> Preview:
        assignee = self.users.find(preview.instruction.user)
        draft = _Draft(preview, self.service, UsersPermit(user, assignee), self.paused())
        ends_at = monotonic() + self.seconds
        while not draft.preview.is_complete:
            draft.add_batch()
            _refuse_too_many(draft.preview)
            if monotonic() >= ends_at:
                break
        return self.records.save(*draft.closed())


class _Draft:
    """A preview while one call fills it. Nothing is written."""

    def __init__(self, preview: Preview, service: OrderService, permit: UsersPermit, pauses: Sequence[Pause]) -> None:
        self.preview = preview
        self._service, self._trial = service, as_trial(service)
        self._user, self._permit, self._pauses = permit.user, permit, pauses
        self._pages: dict[int, Page] = {}
        self._open: list[PlannedOrder] = []

    def add_batch(self) -> None:
        """Look at the next orders of the selection."""
        listed = self.preview.selection.listed
        for order in self._next_of_list() if listed else self._next_of_numbers():
            if isinstance(order, Order):
                self._add(order)
            else:
                self._refuse(*order)

    def closed(self) -> tuple[Preview, dict[int, Page]]:
        """The preview with its last page ended, and the pages that are new."""
        if self._open:
            self._end_page()
        return self.preview, self._pages

    def _next_of_list(self) -> Iterator[Order | tuple[Refusal, str]]:
        selection, preview = self.preview.selection, self.preview
        assert selection.listed is not None  # noqa: S101 - `add_batch` looked
        seen = frozenset(
            queue.order_queue_id
            for queue in self._service.queues.values()
            if self._user.may_in(Right.VIEW, queue.order_queue_id, queue.brand_id)
        )
        criteria = selection.listed.changed(queues=seen, cursor=preview.cursor, limit=_BATCH)
        page = self._service.list(criteria)
        looked_at = preview.looked_at + len(page.orders) + len(page.unreadable)
        self._change(looked_at=looked_at, cursor=page.next_cursor, is_complete=page.next_cursor is None)
        yield from (order for order in page.orders if selection.has(order, reads_reasons=self._reads_reasons(order)))
        yield from (_unreadable(order) for order in page.unreadable)

    def _reads_reasons(self, order: Order) -> bool:
        return self._user.may_in(Right.PERSONAL_DATA, order.order_queue_id, order.brand_id)

    def _next_of_numbers(self) -> Iterator[Order | tuple[Refusal, str]]:
        taken, numbers = self.preview.taken, self.preview.selection.order_ids
        batch = numbers[taken : taken + _BATCH]
        found = {order.order_id: order for order in self._service.orders.get_many(batch)}
        taken += len(batch)
        self._change(looked_at=taken, taken=taken, is_complete=taken >= len(numbers))
        yield from (self._if_visible(order_id, found) for order_id in batch)

    def _if_visible(self, order_id: str, found: dict[str, FoundOrder]) -> Order | tuple[Refusal, str]:
        order = found.get(order_id)
        if isinstance(order, Order):
            is_visible = self._user.may_in(Right.VIEW, order.order_queue_id, order.brand_id)
            return order if is_visible else (_NOT_THERE, order_id)
        everywhere = self._user.may_everywhere(Right.VIEW)
        return _unreadable(order) if order and everywhere else (_NOT_THERE, order_id)

    def _add(self, order: Order) -> None:
        planned = plan_order(self._trial, order, self.preview.instruction, self._permit, pauses=self._pauses)
        if isinstance(planned, Refusal):
            self._refuse(planned, order.order_id)
            place = (order.order_queue_id, order.brand_id)
            self._change(refused_places=tuple(sorted({*self.preview.refused_places, place})))
            return
        self._open.append(self._take(order, planned))
        if len(self._open) == PAGE_ORDERS:
            self._end_page()

    def _take(self, order: Order, plan: Plan) -> PlannedOrder:
        effects, number = with_plan(self.preview.effects, plan)
        place = (order.order_queue_id, order.brand_id)
        places = tuple(sorted({*self.preview.places, place}))
        self._change(effects=effects, places=places, planned=self.preview.planned + 1)
        money = plan.money
        return PlannedOrder(order.order_id, order.revision, *place, number, money.cents, money.currency)

    def _refuse(self, refusal: Refusal, order_id: str) -> None:
        refusals = with_refusal(self.preview.refusals, refusal, order_id)
        self._change(refusals=refusals, refused=self.preview.refused + 1)

    def _end_page(self) -> None:
        page, number = tuple(self._open), self.preview.pages
        self._pages[number] = page
        self._open = []
        self._change(pages=number + 1, digest=previews.next_digest(self.preview.digest, page))

    def _change(self, **changes: object) -> None:
        self.preview = self.preview.changed(**changes)


def _unreadable(order: FoundOrder) -> tuple[Refusal, str]:
    return Refusal("unreadable", "its item in the order table cannot be read: docs/operating.md"), order.order_id


def _refuse_too_many(preview: Preview) -> None:
    if preview.found > MOST_ORDERS or (preview.found == MOST_ORDERS and not preview.is_complete):
        raise TooManyOrdersError(MOST_ORDERS, "that it finds")
    if preview.looked_at >= MOST_LOOKED_AT and not preview.is_complete:
        raise TooManyOrdersError(MOST_LOOKED_AT, "to look through")


def distinct(numbers: Sequence[str]) -> tuple[str, ...]:
    """Each number once, in their order."""
    return tuple(dict.fromkeys(numbers))
