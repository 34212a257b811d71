"""How far a hold is in its life, and what a queue wants done before it lapses."""

from enum import StrEnum

from pydantic import ConfigDict, Field

from lambdas.runtime.models import Frozen


class Trouble(StrEnum):
    """Why a person must look after a hold."""

    NONE = ""
    TOO_SLOW = "too slow"
    """By its order's deadlines its money is taken after it lapsed. Its clock goes its way."""
    ASKED = "asked"
    """Its queue leaves it to people."""
    RENEWED_ENOUGH = "renewed enough"
    """It was renewed as often as its queue allows."""
    DECLINED = "declined"
    """Its bank did not hold the money again."""
    REFUSED = "refused"
    """The provider cannot do what was asked of it."""
    LAPSED = "lapsed"


class HoldClock(Frozen):
    """`marked`: the last mark that was passed, in percent of the hold's life. `look_at`: when it is looked at next; `busy_until`:
    a run works on it until then at the latest. Unix seconds. `renewals`: how often it was tried to hold the money again and the
    outcome is known. `is_renewing`: a renewal was begun, and its outcome is not known yet; `tries`: how often it was asked for.
    """

    IMPERSONAL = frozenset({"marked", "look_at", "busy_until", "renewals", "is_renewing", "tries", "trouble"})

    marked: int = 0
    look_at: int | None = None
    busy_until: int | None = None
    renewals: int = 0
    is_renewing: bool = False
    tries: int = 0
    trouble: Trouble = Trouble.NONE


class HoldPolicy(StrEnum):
    """The ways to deal with a hold at 80 % of its life."""

    RENEW = "renew"
    CAPTURE = "capture"
    ASK = "ask"


class Holds(Frozen):
    """The `[holds]` of a queue. `renewals_at_most`: then a person decides."""

    model_config = ConfigDict(extra="forbid")

    when_lapsing: HoldPolicy = HoldPolicy.RENEW
    renewals_at_most: int = Field(default=3, ge=1, le=20)
