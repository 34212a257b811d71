"""Orders with a term that begins with a text, from the newest to the oldest, in one queue.

Few of them are read at once. Of many, each term has a stream of its own, and the streams are merged. If too many terms begin with
the text, only the first of them are read, and the stream is `partial`.
"""

from collections.abc import Iterator
from heapq import merge

from lambdas.orders.model.order import ListPosition
from lambdas.read_models.search.entries import Entries, SearchEntries

LOOK = 60  # entries that are read at first
MOST_TERMS = 12  # streams that are merged
_PAGE = 50


class Stream:
    """`text`: what terms begin with. `partial`: there are more orders than the stream has."""

    def __init__(self, entries: SearchEntries, order_queue_id: int, text: str) -> None:
        self._entries, self._queue, self._text = entries, order_queue_id, text
        self._first: Entries = entries.beginning_with(order_queue_id, text, LOOK)
        self.partial = False

    @property
    def is_complete(self) -> bool:
        """Whether all its orders are read."""
        return not self._first.more

    @property
    def positions(self) -> frozenset[ListPosition]:
        """Those that are read."""
        return frozenset(entry.position for entry in self._first.found)

    def newest(self, behind: ListPosition | None) -> Iterator[ListPosition]:
        """Each order once. `behind`: only those that come after this place."""
        if self.is_complete:
            yield from sorted((each for each in self.positions if behind is None or each < behind), reverse=True)
            return
        streams = [self._of_term(term, behind) for term in self._terms()]
        yield from each_once(merge(*streams, reverse=True))

    def _terms(self) -> list[str]:
        """The first terms that begin with the text. Those that were not read yet cost a query each."""
        terms = list(dict.fromkeys(entry.term for entry in self._first.found))[: MOST_TERMS + 1]
        while len(terms) <= MOST_TERMS and (following := self._entries.next_term(self._queue, self._text, terms[-1])):
            terms.append(following)
        self.partial = len(terms) > MOST_TERMS
        return terms[:MOST_TERMS]

    def _of_term(self, term: str, behind: ListPosition | None) -> Iterator[ListPosition]:
        while True:
            page = self._entries.of_term(self._queue, term, behind, _PAGE)
            yield from (entry.position for entry in page.found)
            if not page.more:
                return
            behind = page.found[-1].position


def each_once(positions: Iterator[ListPosition]) -> Iterator[ListPosition]:
    """Sorted positions without repeats."""
    last: ListPosition | None = None
    for position in positions:
        if position != last:
            yield position
        last = position
