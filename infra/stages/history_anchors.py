"""Whether a stage anchors the history of its orders in a bucket with Object Lock, and for how long an anchor is locked."""

from typing import Annotated, Literal

from pydantic import Field

from lambdas.runtime.models import Frozen


class HistoryAnchors(Frozen):
    """Anchors of history. Nothing is anchored if it is left out.

    `governance`: who has the right `s3:BypassGovernanceRetention` may still delete an anchor. `compliance`: nobody may, not even
    the account's root user, until its days are over; the bucket stays, and costs, as long.
    """

    mode: Literal["governance", "compliance"] = Field(description="How an anchor is locked.")
    days: Annotated[int, Field(ge=1, le=36_500)] = Field(description="For how many days an anchor is locked.")
