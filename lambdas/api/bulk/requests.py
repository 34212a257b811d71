"""Requests for many orders at once, ours: Ubersmith has no such methods."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lambdas.api.bulk.order_numbers import Numbers
from lambdas.api.http.parameters import Absent, Count, Info, Limit, ParameterError, Reference, Request, Text, UnixTime
from lambdas.bulk.instruction import OF_AN_ACTION, BulkVerb, Instruction
from lambdas.bulk.previewing import distinct
from lambdas.bulk.selection import MOST_NUMBERS, OrderState, Selection
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.table.list_filters import OrderFilter

MOST_LISTED = 100  # runs on one page
_MODULE = r"^[a-z][a-z0-9_]{0,59}$"

Module = Annotated[Annotated[str, Field(pattern=_MODULE)] | None, Absent]
Token = Annotated[Annotated[str, Field(pattern=r"^[0-9a-f]{16}\.[0-9a-f]{32}$")] | None, Absent]
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
_FILTER = (
    "order_queue_id", "order_step_id", "client_id", "state", "waits_in_action", "waits_in_module", "waits_because",
)  # fmt: skip


class BulkPreviewRequest(Request):
    """`order.bulk_preview`."""

    FILTERS = frozenset({*_FILTER, "step_status", "min_ts", "max_ts", "order_ids"})
    ZERO_FILTERS = frozenset({"step_status", "min_ts", "max_ts"})

    preview: Token = Field(
        default=None, description="An incomplete preview, to look at its next orders. Nothing else is sent with it."
    )
    verb: Annotated[Literal["process", "retry", "skip", "cancel", "restart", "move", "assign"] | None, Absent] = Field(
        default=None,
        description="What to do with each order. retry: process again what failed, and automatic actions that wait.",
    )
    order_ids: Numbers = Field(
        default=(), description=f"The orders, by number, at most {MOST_NUMBERS}; or the filter below."
    )
    order_queue_id: Count = Field(default=None, description="Filter: only orders of this queue.")
    order_step_id: Count = Field(default=None, description="Filter: only orders in this step. Wins over the queue.")
    step_status: Annotated[Annotated[int, Field(ge=0, le=3)] | None, Absent] = Field(
        default=None, description="Filter: only orders in steps of this kind; 0, ordinary ones, if no step is named."
    )
    client_id: Reference = Field(default=None, description="Filter: only orders of this client.")
    min_ts: UnixTime = Field(default=None, description="Filter: only orders received then or later, in Unix seconds.")
    max_ts: UnixTime = Field(default=None, description="Filter: only orders received then or earlier, in Unix seconds.")
    state: Annotated[Literal["failed", "waiting", "overdue", "stopped"] | None, Absent] = Field(
        default=None,
        description="Filter: only orders of which an action failed, that wait for somebody, wait longer than agreed, or have "
        "no machine.",
    )
    waits_in_action: Count = Field(
        default=None, description="Filter: only orders of which this action, by its id, failed or waits."
    )
    waits_in_module: Module = Field(
        default=None, description="Filter: only orders of which an action of this module failed or waits."
    )
    waits_because: Text = Field(
        default=None,
        description="Filter: only orders of which an action failed or waits for a reason that contains this text. Finds none "
        "where the user has not the right personal_data.",
    )
    order_action_id: Count = Field(
        default=None, description="The action to process or skip; or module. With retry: only this one."
    )
    module: Module = Field(
        default=None, description="The module of the actions to process or skip. With retry: only these."
    )
    step_id: Count = Field(default=None, description="With move: the step to move to.")
    step_name: Text = Field(default=None, description="With move: the step to move to, by name; step_id wins.")
    user: Text = Field(
        default=None, description="With assign: who gets all that waits on each order, a user of the API."
    )
    input: Info = Field(default={}, description="With process: what the module asked for, the same for each order.")

    @model_validator(mode="after")
    def _is_whole(self) -> "BulkPreviewRequest":
        if self.preview:
            if self.model_fields_set - {"preview"}:
                raise ParameterError("preview", "is continued as it was begun; send preview alone")
            return self
        if self.verb is None:
            raise ParameterError("verb", "parameter not supplied; say what to do with the orders")
        self._check_orders()
        self._check_target(BulkVerb(self.verb))
        return self

    def _check_orders(self) -> None:
        named = [name for name in (*_FILTER, "step_status", "min_ts", "max_ts") if getattr(self, name) is not None]
        if self.order_ids and named:
            raise ParameterError("order_ids", f"name the orders already; leave out {', '.join(named)}")
        if not self.order_ids and not any(name in named for name in _FILTER):
            text = f"parameter not supplied; name the orders by order_ids, or by one of {', '.join(_FILTER)}"
            raise ParameterError("order_ids", text)

    def _check_target(self, verb: BulkVerb) -> None:
        of_action = self.order_action_id is not None or self.module is not None
        if verb in OF_AN_ACTION and not of_action:
            raise ParameterError("order_action_id", f"parameter not supplied; {verb} needs order_action_id or module")
        if of_action and verb not in {*OF_AN_ACTION, BulkVerb.RETRY}:
            named = "module" if self.order_action_id is None else "order_action_id"
            raise ParameterError(named, f"goes with process, skip and retry, not with {verb}")
        moves = self.step_id is not None or self.step_name is not None
        _refuse_odd("step_id", moves, verb is BulkVerb.MOVE, "move needs step_id or step_name, no other does")
        _refuse_odd("user", bool(self.user), verb is BulkVerb.ASSIGN, "assign needs user, and no other verb")
        if self.input and verb is not BulkVerb.PROCESS:
            raise ParameterError("input", "goes with process only")

    @property
    def instruction(self) -> Instruction:
        return Instruction(
            verb=BulkVerb(self.verb or ""),
            order_action_id=self.order_action_id,
            module=self.module,
            step_id=self.step_id,
            step_name=self.step_name,
            input=self.input,
            user=self.user or "",
        )

    @property
    def selection(self) -> Selection:
        if self.order_ids:
            return Selection(order_ids=distinct(self.order_ids))
        by_step = self.order_step_id is not None
        status = self.step_status if by_step or self.step_status is not None else StepStatus.ORDINARY
        listed = OrderFilter(
            order_queue_id=self.order_queue_id,
            order_step_id=self.order_step_id,
            step_status=None if status is None else StepStatus(status),
            client_id=self.client_id,
            min_ts=self.min_ts,
            max_ts=self.max_ts,
        )
        return Selection(
            listed=listed,
            state=None if self.state is None else OrderState(self.state),
            waits_in_action=self.waits_in_action,
            waits_in_module=self.waits_in_module,
            waits_because=self.waits_because,
        )


def _refuse_odd(field: str, is_sent: bool, is_needed: bool, rule: str) -> None:
    if is_sent is not is_needed:
        raise ParameterError(field, f"{'is not taken' if is_sent else 'parameter not supplied'}; {rule}")


class BulkRunRequest(Request):
    """`order.bulk_run`."""

    preview: Token = Field(
        default=None, description="The complete preview that is run, as order.bulk_preview answered."
    )
    bulk_run_id: Annotated[RunId | None, Absent] = Field(
        default=None, description="A stopped or unfinished run of yours, to continue with the orders that are left."
    )
    reason: Text = Field(default=None, description="Why, for those who look at the orders later; needed with preview.")

    @model_validator(mode="after")
    def _is_whole(self) -> "BulkRunRequest":
        if (self.preview is None) is (self.bulk_run_id is None):
            raise ParameterError("preview", "parameter not supplied; send either preview or bulk_run_id")
        if self.preview and not (self.reason or "").strip():
            raise ParameterError("reason", "parameter not supplied; say why")
        return self


class BulkGetRequest(Request):
    """`order.bulk_get`."""

    bulk_run_id: RunId = Field(description="The run, as order.bulk_run named it.")
    outcome: Annotated[Literal["done", "changed", "refused", "failed"] | None, Absent] = Field(
        default=None, description="Only orders with this outcome."
    )
    limit: Limit = Field(default=None, description="How many outcomes at most, up to 1000; 100 if it is left out.")
    cursor: Annotated[Annotated[str, Field(pattern=r"^[0-9]{5}\.[0-9]{3}$")] | None, Absent] = Field(
        default=None, description="next_cursor of the page before, to continue there."
    )


class BulkListRequest(Request):
    """`order.bulk_list`."""

    limit: Annotated[Annotated[int, Field(ge=1, le=MOST_LISTED)] | None, Absent] = Field(
        default=None, description=f"How many runs at most, up to {MOST_LISTED}; 20 if it is left out."
    )
    cursor: Annotated[Annotated[str, Field(pattern=r"^[0-9]{11}\.[0-9a-f]{16}$")] | None, Absent] = Field(
        default=None, description="next_cursor of the page before, to continue there."
    )


class BulkStopRequest(Request):
    """`order.bulk_stop`."""

    bulk_run_id: RunId = Field(description="The run, as order.bulk_run named it.")
    reason: Text = Field(default=None, description="Why it is stopped.")
