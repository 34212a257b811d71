"""Links that open a runbook of Systems Manager with an order filled in, for acts that need a name.

AWS's own pages link to `automation/execute/<document>`. That parameters behind `#` are filled in is not documented. Where they
are not, the link opens the empty form.
"""

from collections.abc import Callable
from urllib.parse import quote, urlencode

from lambdas.desk.acts.act import CANCEL, RESTART, SKIP, Act
from lambdas.desk.widget.staff import console_host

RUNBOOK_OF = {SKIP: "skip-action", CANCEL: "cancel-order", RESTART: "restart-order"}
"""Names of documents behind the stack's, by act."""


def runbook_addresses(stack_name: str, partition: str, region: str) -> Callable[[Act], str]:
    """The address of an act's runbook; empty if it has none."""

    def address(act: Act) -> str:
        name = RUNBOOK_OF.get(act.what)
        if not name or not stack_name:
            return ""
        filled_in = {"OrderId": act.order_id, "Revision": act.revision}
        filled_in |= {"ActionId": act.action_id} if act.action_id else {}
        base = f"{console_host(partition, region)}/systems-manager/automation/execute"
        document = quote(f"{stack_name}-{name}", safe="")
        return f"{base}/{document}?region={quote(region)}#{urlencode(filled_in)}"

    return address
