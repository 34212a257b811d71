"""AVS Check: stops an order if the card's address does not match (docs/reference/ubersmith.md, 2.1 no. 1).

The card's bank gives a code when the money is held. An order that is free, is not paid by card, or has no code passes.
"""

from pydantic import Field, field_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.model.order import Order


class AvsCheckConfig(Config):
    """The codes."""

    block_codes: tuple[str, ...] = Field(
        min_length=1, description="AVS codes that stop an order, one letter each; N: neither address nor ZIP match."
    )

    @field_validator("block_codes")
    @classmethod
    def _are_letters(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(code.strip().upper() for code in codes)
        if not all(len(code) == 1 and code.isascii() and code.isalpha() for code in plain):
            raise ValueError("an AVS code is one letter, such as N")
        return plain


def run(order: Order, config: AvsCheckConfig, tools: Tools) -> Done:
    if order.hold is None or order.hold.method != "card":
        return Done("no card to check")
    code = order.hold.avs_code.upper()
    if not code:
        return Done("the card's bank gave no AVS code", {"avs_code": ""})
    if code in config.block_codes:
        raise PermanentError(
            f"the card's bank gave AVS code {code}, which this queue blocks; ask the client, then skip this action to take the"
            " order all the same, or cancel it"
        )
    return Done(f"AVS code {code} is not blocked", {"avs_code": code})


module = Module("avs_check", AvsCheckConfig, run, label="AVS Check")
handler = action_handler(module)
