"""Who calls, and what they asked for beside the parameters."""

from collections.abc import Iterable
from dataclasses import dataclass

from lambdas.api.auth.errors import NotAllowedError, NotHereError
from lambdas.api.http.call import Door
from lambdas.api.http.files import UploadedFile
from lambdas.orders.errors import OrderError
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right


@dataclass(frozen=True)
class Caller:
    """`rights`: what this call needs. `key`: Idempotency-Key. `if_match`: the revision the caller read (ETag).

    `source`: the address the call came from. `wait_seconds`: how long to wait for the order to come to rest;
    `prefers_wait`: because the caller asked for it.
    """

    user: ApiUser
    method: str
    rights: tuple[Right, ...]
    key: str | None = None
    if_match: int | None = None
    source: str = ""
    door: Door = Door.METHOD_PATH
    wait_seconds: float = 0.0
    prefers_wait: bool = False
    files: tuple[UploadedFile, ...] = ()

    @property
    def name(self) -> str:
        return self.user.name

    def admit(self, order_queue_id: int | None, brand_id: int | None) -> None:
        """Raises NotAllowedError unless the user has all rights the call needs in this queue of this brand, which the call
        names itself."""
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
        """What to say of a record that is not there: `missing`, unless the user could not have seen every such record.

        They are told the same of one that is not there and one that is not for them, or they could count others' records.
        """
        everywhere = all(self.user.may_everywhere(right) for right in self.rights)
        return missing if everywhere else NotHereError(self.method, self.rights)

    def sees_personal_data(self, order_queue_id: int, brand_id: int) -> bool:
        return self.user.may_in(Right.PERSONAL_DATA, order_queue_id, brand_id)
