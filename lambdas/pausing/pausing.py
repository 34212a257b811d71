"""Begins, ends and lists pauses for users.

A module and the gateway serve every queue, so pausing them needs the right everywhere; a queue's submits need it in that queue.
"""

from dataclasses import dataclass
from functools import partial

from lambdas.access.acting_user import ActingUser
from lambdas.access.errors import NotAllowedError
from lambdas.access.visibility import queues_seen_by
from lambdas.orders.errors import QueueNotFoundError
from lambdas.orders.pauses import Pause, PauseKind, SeenPause
from lambdas.orders.service import OrderService
from lambdas.pausing.errors import NothingToPauseError
from lambdas.payments.gateways import GATEWAYS
from lambdas.payments.several.choice import SINGLE, GatewayChoice
from lambdas.records.pauses.pause import PauseRecords
from lambdas.records.pauses.waking import wake_waiting
from lambdas.records.users.api_user import ApiUser
from lambdas.records.users.rights import Right
from lambdas.runtime.telemetry import logger

_WOKEN_AT_ONCE = 25  # by the call that resumes; the sweeper wakes the others


@dataclass(frozen=True)
class Pausing:
    """`service`: its queues and modules are what can be paused, and its orders are woken. `choice`: of the stage's gateways;
    without one, all that there are can be paused.
    """

    service: OrderService
    records: PauseRecords
    choice: GatewayChoice = SINGLE

    @property
    def gateways(self) -> tuple[str, ...]:
        """The names of those that can be paused."""
        return self.choice.names if self.choice.default else GATEWAYS

    def begin(
        self,
        acting: ActingUser,
        kind: PauseKind,
        name: str,
        *,
        reason: str,
        ends_at: int,
        seen: SeenPause | None = None,
    ) -> Pause:
        """Begin a pause, or give the one that was `seen` another end and reason. Raises AccessError, NothingToPauseError,
        QueueNotFoundError, and as PauseRecords."""
        self._admit(acting, kind, name)
        self._refuse_unknown(kind, name)
        pause = self.records.start(kind, name, reason=reason, by=acting.name, ends_at=ends_at, seen=seen)
        logger.warning(
            "pause changed" if seen else "paused",
            kind=pause.kind.value,
            paused=pause.name,
            user=acting.name,
            until=pause.until,
            pause=pause.pause_id,
            revision=pause.revision,
        )
        return pause

    def end(self, acting: ActingUser, kind: PauseKind, name: str, *, seen: SeenPause | None = None) -> Pause:
        """End a pause before its time, and wake what waits for it. Raises as `begin`."""
        self._admit(acting, kind, name)
        pause = self.records.end(kind, name, by=acting.name, seen=seen)
        logger.warning("resumed", kind=pause.kind.value, paused=pause.name, user=acting.name, pause=pause.pause_id)
        wake_waiting(self.records, pause, partial(self.service.resume_paused, by=acting.name), most=_WOKEN_AT_ONCE)
        return pause

    def list_pauses(self, user: ApiUser) -> tuple[Pause, ...]:
        """The pauses that the user may know of, and those that are over while their orders continue."""
        return self._seen_by(user, self.records.listed())

    def read_active(self, user: ApiUser) -> tuple[Pause, ...]:
        """Those that hold something back now. A new one is known within seconds."""
        return self._seen_by(user, self.records.active())

    def may_pause(self, user: ApiUser, kind: PauseKind, name: str) -> bool:
        """Whether the user may begin and end such a pause."""
        if kind is not PauseKind.QUEUE:
            return user.may_everywhere(Right.PAUSE)
        queue = self.service.queues.get(int(name)) if name.isdecimal() else None
        return queue is not None and user.may_in(Right.PAUSE, queue.order_queue_id, queue.brand_id)

    def _seen_by(self, user: ApiUser, pauses: tuple[Pause, ...]) -> tuple[Pause, ...]:
        """Without those of queues that the user does not see, and without reasons for who may see no personal data."""
        queues = set(map(str, queues_seen_by(user, self.service.queues)))
        reads_reasons = any(Right.PERSONAL_DATA in grant.rights for grant in user.grants)
        seen = (pause for pause in pauses if pause.kind is not PauseKind.QUEUE or pause.name in queues)
        return tuple(pause if reads_reasons else pause.changed(reason="") for pause in seen)

    def _admit(self, acting: ActingUser, kind: PauseKind, name: str) -> None:
        """Raise a refusal unless the user may pause it; of queues, also unless there is such a one."""
        if kind is PauseKind.QUEUE:
            number = int(name)
            queue = self.service.queues.get(number)
            acting.admit(number, queue.brand_id if queue else None)
            if queue is None:
                raise acting.not_found(QueueNotFoundError(number, list(self.service.queues)))
            return
        if not acting.user.may_everywhere(Right.PAUSE):
            raise NotAllowedError(acting.method, Right.PAUSE)

    def _refuse_unknown(self, kind: PauseKind, name: str) -> None:
        """Raise NothingToPauseError for what would stop nothing. What the stage gave up since may still be resumed."""
        if kind is PauseKind.QUEUE:
            return
        known = sorted(self.service.modules) if kind is PauseKind.MODULE else list(self.gateways)
        if name not in known:
            raise NothingToPauseError(kind, known)
