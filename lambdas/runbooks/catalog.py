"""All runbooks with their parameters. infra makes a document of each, and the function reads an execution by the same row."""

from lambdas.runbooks.parameters import Parameter
from lambdas.runbooks.runbook import Runbook, Verb

_NUMBER = "[0-9]{1,9}"
_ORDER_NUMBER = "[0-9]{1,18}"
_REASON = r"[^\x00-\x1f\x7f]{1,250}"  # as long as the order itself keeps
_TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z"
_NAME = "[a-z][a-z0-9_]{0,59}"

_ORDER = Parameter(name="OrderId", about="The order's number, such as 1001.", pattern=_ORDER_NUMBER, default=None)
_REVISION = Parameter(
    name="Revision",
    about="The order's revision that you saw, a number. If the order has another one now, nothing is done.",
    pattern=_NUMBER,
)
_WHY = Parameter(
    name="Reason",
    about="Why, in at most 250 characters. It is kept with the order: no personal data, no card numbers.",
    pattern=_REASON,
    default=None,
)
_PERHAPS_WHY = Parameter(name="Reason", about=_WHY.about, pattern=_REASON)
_PREVIEW = Parameter(
    name="Preview",
    about="yes shows what would be done, and does nothing. no does it.",
    choices=("yes", "no"),
    default="yes",
)
_TOKEN = Parameter(
    name="PreviewToken",
    about="The token that a preview of yours ended with. Preview: no needs it, and acts on the orders of that preview.",
    pattern=r"[0-9a-f]{16}\.[0-9a-f]{32}",
)
_RUN_WHY = Parameter(name="Reason", about=f"Needed with Preview: no. {_WHY.about}", pattern=_REASON)
_QUEUE = Parameter(name="QueueId", about="Only orders of this queue, by its number.", pattern=_NUMBER)
_MODULE = Parameter(
    name="Module", about="Only orders of which an action of this module failed or waits, by its name.", pattern=_NAME
)
_WHAT = Parameter(
    name="What",
    about="module: its actions wait, in every queue. gateway: no money is moved at it. queue: its orders are not submitted.",
    choices=("module", "gateway", "queue"),
    default=None,
)
_PAUSED = Parameter(
    name="Name",
    about="The module or gateway by its name, or the queue by its number.",
    pattern="[a-z0-9_]{1,60}",
    default=None,
)


def _action(about: str, default: str | None) -> Parameter:
    return Parameter(name="ActionId", about=about, pattern=_NUMBER, default=default)


RUNBOOKS: tuple[Runbook, ...] = (
    Runbook(
        verb=Verb.RETRY,
        about="Runs an action of an order again that failed or waits, or all of them.",
        parameters=(
            _ORDER,
            _action("The action's number, such as 101; left out: each that failed or stands still.", ""),
            _PERHAPS_WHY,
            _REVISION,
        ),
    ),
    Runbook(
        verb=Verb.SKIP,
        about="Skips an action of an order, also one that takes money. It counts as done for the actions after it.",
        parameters=(_ORDER, _action("The action's number, such as 101.", None), _WHY, _REVISION),
    ),
    Runbook(
        verb=Verb.CANCEL,
        about="Cancels an order, which is final. What was done is taken back, held money is released, captured money returned.",
        parameters=(_ORDER, _WHY, _REVISION),
    ),
    Runbook(
        verb=Verb.RESTART,
        about="Starts a new execution for an order that has none. What is done stays done.",
        parameters=(_ORDER, _PERHAPS_WHY, _REVISION),
    ),
    Runbook(
        verb=Verb.WINDOW,
        about="Tries the orders again that came to a standstill within a window of time, such as an outage.",
        parameters=(
            Parameter(
                name="From",
                about="When the window begins, in UTC, such as 2026-11-27T14:00Z.",
                pattern=_TIME,
                default=None,
            ),
            Parameter(
                name="Until",
                about="When the window ends, in UTC, such as 2026-11-27T15:30Z.",
                pattern=_TIME,
                default=None,
            ),
            Parameter(
                name="Verb",
                about="retry runs again what failed or stands still. restart starts executions that were stopped.",
                choices=("retry", "restart"),
                default="retry",
            ),
            _QUEUE,
            _MODULE,
            _PREVIEW,
            _TOKEN,
            _RUN_WHY,
        ),
    ),
    Runbook(
        verb=Verb.BULK,
        about="Does one verb with many orders: of a list of numbers, or of a filter.",
        parameters=(
            Parameter(
                name="Verb",
                about="What to do with each order.",
                choices=("retry", "skip", "cancel", "restart", "move", "assign"),
                default=None,
            ),
            Parameter(
                name="OrderIds",
                about="The orders by number, several in a value with commas between them; or a filter: QueueId, StepId, State.",
                pattern=f"{_ORDER_NUMBER}(,{_ORDER_NUMBER}){{0,39}}",
                is_list=True,
            ),
            _QUEUE,
            Parameter(name="StepId", about="Only orders in this step, by its number.", pattern=_NUMBER),
            Parameter(
                name="State",
                about="Only orders of which an action failed, that wait, wait too long, or have no execution.",
                choices=("any", "failed", "waiting", "overdue", "stopped"),
                default="any",
            ),
            _MODULE,
            _action("With skip or retry: the action by its number.", ""),
            Parameter(name="ToStepId", about="With move: the step that orders go to, by its number.", pattern=_NUMBER),
            Parameter(
                name="User",
                about="With assign: the user of the API who gets what waits.",
                pattern="[A-Za-z0-9][A-Za-z0-9._@-]{0,63}",
            ),
            _PREVIEW,
            _TOKEN,
            _RUN_WHY,
        ),
    ),
    Runbook(
        verb=Verb.PAUSE,
        about="Pauses a module, the payment gateway or the submits of a queue, for a while. Orders keep arriving and wait.",
        parameters=(
            _WHAT,
            _PAUSED,
            Parameter(
                name="Minutes",
                about="After how many minutes it ends automatically, at most 10080: 7 days.",
                pattern="[1-9][0-9]{0,4}",
                default=None,
            ),
            _WHY,
            Parameter(
                name="PauseId",
                about="A pause that is there, to give it another end and reason. Left out: a new pause begins.",
                pattern="[0-9a-f]{16}",
            ),
        ),
    ),
    Runbook(
        verb=Verb.RESUME,
        about="Ends a pause before its time. What waited for it continues.",
        parameters=(_WHAT, _PAUSED),
    ),
    Runbook(
        verb=Verb.DEAD_LETTERS,
        about="Sends changes of orders that a reader of the stream gave up on to that reader again.",
        parameters=(_PREVIEW,),
    ),
)
