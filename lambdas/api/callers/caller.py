"""Who calls, and what they asked for beside the parameters."""

from dataclasses import dataclass

from lambdas.api.calls.call import Door
from lambdas.api.calls.files import UploadedFile
from lambdas.api.errors import NotAllowedError
from lambdas.records.api_user import ApiUser
from lambdas.records.rights import Right


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
        """Raises NotAllowedError unless the user has all rights the call needs in this queue of this brand."""
        for right in self.rights:
            if not self.user.may_in(right, order_queue_id, brand_id):
                raise NotAllowedError(self.method, right, order_queue_id)

    def sees_personal_data(self, order_queue_id: int, brand_id: int) -> bool:
        return self.user.may_in(Right.PERSONAL_DATA, order_queue_id, brand_id)
