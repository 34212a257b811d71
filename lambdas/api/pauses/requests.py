"""Requests of pauses, which are ours: Ubersmith has none."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from lambdas.api.http.parameters import Count, ParameterError, Request, Text, UnixTime
from lambdas.orders.contact.text import lines
from lambdas.orders.pauses import PauseKind, SeenPause

MAX_REASON = 250


def _with_text(reason: str) -> str:
    if not reason.strip():
        raise ValueError("parameter not supplied; say why, for those whose orders wait")
    return reason


class _Paused(Request):
    """The thing that is paused: a module, a gateway or the submits of a queue."""

    module: Text = Field(default=None, description="A module, by its name: its actions wait, in every queue.")
    gateway: Text = Field(default=None, description="A payment gateway, by its name: no money is moved at it.")
    order_queue_id: Count = Field(default=None, description="A queue: its orders are not submitted, and stay leads.")

    @model_validator(mode="after")
    def _one_of_them(self) -> "_Paused":
        named = [name for name in ("module", "gateway", "order_queue_id") if getattr(self, name)]
        if not named:
            raise ParameterError("module", "parameter not supplied; name a module, a gateway or an order_queue_id")
        if len(named) > 1:
            raise ParameterError(named[1], f"cannot be set together with {named[0]}")
        return self

    @property
    def kind(self) -> PauseKind:
        if self.module:
            return PauseKind.MODULE
        return PauseKind.GATEWAY if self.gateway else PauseKind.QUEUE

    @property
    def name(self) -> str:
        return self.module or self.gateway or str(self.order_queue_id)


class _OfPause(_Paused):
    """May name the pause that the caller saw."""

    pause_id: Text = Field(
        default=None,
        description="The pause that you saw: order.pause gives it another end and reason, order.resume ends no other one.",
    )
    revision: Count = Field(
        default=None,
        description="With pause_id: the pause's revision that you saw. If somebody changed it since, nothing is done.",
    )

    @model_validator(mode="after")
    def _names_a_pause(self) -> "_OfPause":
        if self.revision is not None and not self.pause_id:
            raise ParameterError("pause_id", "parameter not supplied; name the pause that has this revision")
        return self

    @property
    def seen(self) -> SeenPause | None:
        return SeenPause(pause_id=self.pause_id, revision=self.revision) if self.pause_id else None


class PauseRequest(_OfPause):
    """`order.pause`."""

    reason: Annotated[str, Field(max_length=MAX_REASON), AfterValidator(lines), AfterValidator(_with_text)] = Field(
        description="Why, for staff: it stands on the orders that wait. Buyers do not see it."
    )
    until: UnixTime = Field(default=None, description="When it ends automatically, in Unix seconds, within 7 days.")
    minutes: Count = Field(default=None, description="In place of until: after how many minutes it ends automatically.")

    @model_validator(mode="after")
    def _ends(self) -> "PauseRequest":
        if self.until and self.minutes:
            raise ParameterError("minutes", "cannot be set together with until")
        if not self.until and not self.minutes:
            raise ParameterError("until", "parameter not supplied; say when the pause ends, by until or by minutes")
        return self


class ResumeRequest(_OfPause):
    """`order.resume`."""


class PauseListRequest(Request):
    """`order.pause_list`."""
