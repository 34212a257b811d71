"""Finds orders by the words of a query, from the newest to the oldest, page by page, with a bounded number of reads.

The word with the fewest orders leads. Each of its orders is read and compared with all words, so an outdated entry finds nothing.
A user who may not see personal data in a queue finds its orders by numbers and references alone: no other entries of that queue
are read.
"""

import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice

from lambdas.orders.model.order import ListPosition, Order
from lambdas.orders.ports import OrderStore, TimeWindow
from lambdas.orders.table.entries import OrderEntry
from lambdas.orders.table.pages import OrderPage, PageRoom, cursor_at, fetch_page, position_at
from lambdas.read_models.search.entries import SearchEntries
from lambdas.read_models.search.query import Word, texts_of, words
from lambdas.read_models.search.streams import Stream, each_once
from lambdas.records.clients.service import order_id_of
from lambdas.records.invoices.invoice import NUMBER_DIGITS, Invoice, invoice_id_of
from lambdas.records.invoices.records import InvoiceRecords

MOST_COMPARED = 200  # orders that are read for a page
_SHARED = 10  # more orders never share a reference


@dataclass(frozen=True)
class Scope:
    """The reach of a user: `queues` whose orders they see, those `with_people` whose personal data they see, and the brands."""

    queues: frozenset[int]
    with_people: frozenset[int]
    brands: frozenset[int]


class FoundOrders(OrderPage):
    """A page of what was found. `incomplete`: so many terms begin with a word that not all could be read."""

    incomplete: bool = False


@dataclass(frozen=True)
class _Looked:
    """A word, and where its orders are. `by_number`: orders that have its number or reference themselves."""

    word: Word
    by_number: tuple[Order, ...]
    is_client: bool
    streams: tuple[Stream, ...]

    @property
    def count(self) -> float:
        """How many orders it may have, at most."""
        if self.is_client or not all(stream.is_complete for stream in self.streams):
            return float("inf")
        return len(self.positions)

    @property
    def positions(self) -> Set[ListPosition]:
        numbered = {order.list_position for order in self.by_number}
        return numbered.union(*(stream.positions for stream in self.streams))

    def is_of(self, order: Order, texts: Sequence[str]) -> bool:
        """Whether the order matches. `texts`: of its terms, as far as the user may see them."""
        number = self.word.number
        numbered = any(order.order_id == one.order_id for one in self.by_number)
        numbered = numbered or (bool(number) and order.client_id == number)
        return numbered or self.word.is_term_of(texts)


@dataclass(frozen=True)
class OrderSearch:
    """Searches over the tables of entries, orders and invoices."""

    entries: SearchEntries
    store: OrderStore
    invoices: InvoiceRecords

    def find(
        self, query: str, scope: Scope, *, limit: int, cursor: str | None = None, room: PageRoom | None = None
    ) -> FoundOrders:
        """A page of the orders that match. Raises InvalidOrderError for a query or cursor that cannot be used."""
        name = json.dumps([query, sorted(scope.queues), sorted(scope.with_people)])
        wanted, behind = words(query), position_at(cursor, name) if cursor else None
        looked = sorted((self._look_up(word, scope) for word in wanted), key=lambda each: each.count)
        if not looked[0].count:
            return FoundOrders()
        page = _Page(self.store, looked, scope, limit, room)
        page.fill(self._candidates(looked, behind, limit))
        return FoundOrders(
            orders=tuple(page.found),
            next_cursor=cursor_at(page.ends_at, name) if page.ends_at else None,
            full=page.is_full,
            incomplete=any(stream.partial for stream in looked[0].streams),
        )

    def _look_up(self, word: Word, scope: Scope) -> _Looked:
        queues = sorted(scope.with_people)
        streams = [Stream(self.entries, queue, text) for text in word.looked_up for queue in queues]
        is_numbered = word.number or word.reference or word.document
        numbered = self._read_numbered(word, scope) if is_numbered else ()
        is_client = bool(word.number) and next(self._of_client(word.number, None, 1), None) is not None
        return _Looked(word, numbered, is_client, tuple(streams))

    def _read_numbered(self, word: Word, scope: Scope) -> tuple[Order, ...]:
        """The order with this number, and those on the invoice with it; those with this reference; those on this document."""
        named = [*self._of_reference(word.reference, scope), *self._on_document(word.document, scope)]
        named += [word.number, *self._on_invoice(word.number, scope)] if word.number else []
        found = self.store.get_many(list(dict.fromkeys(named)))
        return tuple(each for each in found if isinstance(each, Order) and each.order_queue_id in scope.queues)

    def _of_reference(self, reference: str, scope: Scope) -> Iterator[str]:
        for queue in sorted(scope.queues) if reference else ():
            yield from (entry.order_id for entry in self.entries.of_term(queue, reference, None, _SHARED).found)

    def _on_invoice(self, number: str, scope: Scope) -> Iterator[str]:
        """Orders on an invoice, by its number or by its id, which begins with the brand."""
        ids = [invoice_id_of(brand, int(number)) for brand in sorted(scope.brands) if len(number) <= NUMBER_DIGITS]
        ids += [number] if any(number[:-NUMBER_DIGITS] == str(brand) for brand in scope.brands) else []
        for invoice_id in ids:
            if invoice := self.invoices.get(invoice_id):
                yield from _orders_on(invoice)

    def _on_document(self, shown: str, scope: Scope) -> Iterator[str]:
        """Orders on the invoice or credit note with this number on it."""
        for brand in sorted(scope.brands) if shown else ():
            if document := self.invoices.named(brand, shown):
                yield from _orders_on(document)

    def _of_client(self, client_id: str, behind: ListPosition | None, page_size: int) -> Iterator[ListPosition]:
        window = TimeWindow(descending=True, behind=behind, page_size=page_size)
        return (entry.list_position for entry in self.store.of_client(client_id, window))

    def _candidates(self, looked: Sequence[_Looked], behind: ListPosition | None, limit: int) -> Iterator[ListPosition]:
        """Orders of the leading word that no other word rules out yet."""
        first, others = looked[0], [each.positions for each in looked[1:] if each.count != float("inf")]
        numbered = sorted({order.list_position for order in first.by_number}, reverse=True)
        sources = [iter([each for each in numbered if behind is None or each < behind])]
        sources += [stream.newest(behind) for stream in first.streams]
        if first.is_client:
            sources.append(self._of_client(first.word.number, behind, limit + 1))
        ordered = each_once(merge(*sources, reverse=True))
        return (each for each in ordered if all(each in positions for positions in others))


def _orders_on(document: Invoice) -> Iterator[str]:
    named = [document.order_id or "", *(order_id_of(line.service_id) for line in document.lines)]
    return (order_id for order_id in named if order_id.isdecimal())


@dataclass
class _Page:
    """A page that is being filled. `ends_at`: the place of its last order, if more may follow."""

    store: OrderStore
    looked: Sequence[_Looked]
    scope: Scope
    limit: int
    room: PageRoom | None
    found: list[Order] = field(default_factory=list)
    ends_at: ListPosition | None = None
    is_full: bool = False

    def fill(self, candidates: Iterator[ListPosition]) -> None:
        compared = 0
        while len(self.found) < self.limit and compared < MOST_COMPARED and not self._is_heavy():
            chosen = [_entry(each) for each in islice(candidates, self.limit - len(self.found))]
            if not chosen:
                self.ends_at = None
                return
            page = fetch_page(self.store, chosen, self.room, belongs=self._belongs)
            # One that cannot be read cannot be compared. `order.list` names it.
            self.found.extend(each for each in page.found if isinstance(each, Order))
            compared += len(chosen)
            self.ends_at = page.ends_at or chosen[-1].list_position
            if page.ends_at:
                self.is_full = True
                return
        if next(candidates, None) is None:
            self.ends_at = None

    def _is_heavy(self) -> bool:
        """Whether the page carries half of what it may, so that another batch could be too much."""
        room = self.room
        if room is None or not self.found:
            return False
        return sum(room.weigh(each) for each in self.found) > room.most_bytes // 2

    def _belongs(self, order: Order) -> bool:
        if order.order_queue_id not in self.scope.queues:
            return False
        texts = texts_of(order) if order.order_queue_id in self.scope.with_people else ()
        return all(each.is_of(order, texts) for each in self.looked)


def _entry(position: ListPosition) -> OrderEntry:
    ts, number = position
    return OrderEntry(order_id=str(number), order_queue_id=0, step_id=0, ts=ts)
