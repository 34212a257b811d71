"""A user who wants something done, with the rights that it needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.access.errors import NotAllowedError, NotHereError
from lambdas.orders.errors import OrderError, OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


@dataclass(frozen=True)
class ActingUser:
    """`method`: what they want, by its name in the API. `rights`: all that it needs."""

    user: ApiUser
    method: str
    rights: tuple[Right, ...]

    @property
    def name(self) -> str:
        return self.user.name

    def admit(self, order_queue_id: int | None, brand_id: int | None) -> None:
        """Raises NotAllowedError unless the user has all rights of the call in this queue of this brand, which it names."""
        self.require(self.rights, order_queue_id, brand_id)

    def require(self, rights: Iterable[Right], order_queue_id: int | None, brand_id: int | None) -> None:
        """Raises NotAllowedError unless the user has these rights there."""
        for right in rights:
            if not self.user.may_in(right, order_queue_id, brand_id):
                raise NotAllowedError(self.method, right, order_queue_id)

    def admit_to_record(self, order_queue_id: int | None, brand_id: int | None) -> None:
        """Raises NotHereError unless the user has all rights the call needs where this record is."""
        if not self.may_do(order_queue_id, brand_id):
            raise NotHereError(self.method, self.rights)

    def may_do(self, order_queue_id: int | None, brand_id: int | None) -> bool:
        """Whether the user has all rights the call needs there."""
        return all(self.user.may_in(right, order_queue_id, brand_id) for right in self.rights)

    def not_found(self, missing: OrderError) -> OrderError:
        """The refusal for a record that does not exist: `missing`, if the user could see every such record.

        For others it is the same as for a record that they may not see, so that they cannot count the records of others.
        """
        everywhere = all(self.user.may_everywhere(right) for right in self.rights)
        return missing if everywhere else NotHereError(self.method, self.rights)

    def sees_personal_data(self, order_queue_id: int, brand_id: int) -> bool:
        return self.user.may_in(Right.PERSONAL_DATA, order_queue_id, brand_id)

    def order(self, service: OrderService, *, order_id: str | None = None, hash: str | None = None) -> Order:
        """The order, if the user may do with it what they want. Raises OrderNotFoundError, NotHereError."""
        try:
            order = service.get(order_id=order_id, hash=hash)
        except OrderNotFoundError as missing:
            raise self.not_found(missing) from None
        self.admit_to_record(order.order_queue_id, order.brand_id)
        return order
