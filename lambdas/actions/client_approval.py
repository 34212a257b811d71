"""Client Approval: halts the order until its client approves something, such as a design or a quote.

The client answers on the order's status page, or staff for them, with `order.process` and `input.approved` (1 or 0) and
`input.comment`. A client who does not approve says why; then the action's owner acts, and the client may approve later.
"""

from pydantic import Field

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, Tools, Waiting
from lambdas.languages.translated import Translated
from lambdas.orders.contact.text import shown_line
from lambdas.orders.model.order import Order

_YES, _NO = {"1", "true", "yes"}, {"0", "false", "no"}
_LONGEST_COMMENT = 500


class ClientApprovalConfig(Config, Translated):
    """The thing to approve, as the client reads it."""

    text: str = Field(min_length=1, max_length=2000, description="What the client approves, in words for the client.")


def run(order: Order, config: ClientApprovalConfig, tools: Tools) -> Done | Waiting:
    given = tools.action_of(order).input
    approved = shown_line(str(given.get("approved", ""))).casefold()
    if approved in _YES:
        return Done("approved")
    if approved in _NO:
        comment = shown_line(str(given.get("comment", "")))[:_LONGEST_COMMENT] or "no reason given"
        return Waiting(f"the client does not approve: {comment}; settle it with them, then ask them to approve")
    return Waiting("waits for the client's approval on the order's status page, or for input.approved")


NAME = "client_approval"
module = Module(NAME, ClientApprovalConfig, run, label="Client Approval", interactive=True)
handler = action_handler(module)
