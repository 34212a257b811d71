"""An act that a user wants done, and what it is carried out with."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from lambdas.access.permits import CallersPermit
from lambdas.desk.acts.act import MAX_REASON
from lambdas.desk.desk import Desk, acting
from lambdas.orders.contact.text import line, lines
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.order import Order
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.models import Frozen
from lambdas.web.http import RefusedError


class Wish(Frozen):
    """`typed`: what the user filled in. `wait`: the open work that it is about, by its key; empty: none.

    `once`: the key of the page, so that a message or note that is sent again is kept once.
    """

    what: str
    order_id: str
    revision: int
    action_id: int = 0
    wait: str = ""
    typed: dict[str, str] = {}
    once: str = ""

    def text(self, name: str, most: int) -> str:
        """A line that was filled in. Raises RefusedError."""
        return self._fit(name, most, line)

    def paragraphs(self, name: str, most: int) -> str:
        """Lines that were filled in. Raises RefusedError."""
        return self._fit(name, most, lines)

    def _fit(self, name: str, most: int, read: Callable[[str], str]) -> str:
        try:
            found = read(self.typed.get(name, ""))
        except UnfitError as unfit:
            raise unfit_wish(f"What you typed {unfit}.") from None
        if len(found) > most:
            raise unfit_wish(f"What you typed has more than {most:,} characters. Shorten it.")
        return found

    @property
    def reason(self) -> str:
        """Raises RefusedError if there is none."""
        found = self.reason_if_any
        if not found:
            raise unfit_wish("Say why. The reason is kept with the order.")
        return found

    @property
    def reason_if_any(self) -> str:
        return self.text("reason", MAX_REASON)


@dataclass(frozen=True)
class Carrying:
    """The parts that an act is carried out with."""

    desk: Desk
    user: ApiUser
    wish: Wish

    def order(self, method: str, *rights: Right) -> Order:
        """The order, if the user may do this with it. `method`: as the API calls it. Raises OrderError."""
        return self.desk.order(self.user, self.wish.order_id, method, *rights)

    def permit(self, method: str, *rights: Right) -> CallersPermit:
        return CallersPermit(acting(self.user, method, *rights))


def unfit_wish(text: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was done", text)
