"""Many orders at once: a preview, and a run with the outcomes of its orders."""

from collections.abc import Iterable

from lambdas.bulk.preview import Preview
from lambdas.bulk.run import GOING, OutcomeKind, Run, RunState
from lambdas.bulk.run_records import RunRecords
from lambdas.bulk.summary import EffectGroup, RefusalGroup, sentence
from lambdas.desk.pages.bulk_form import VERBS
from lambdas.desk.pages.times import amount, moment
from lambdas.records.users.api_user import ApiUser
from lambdas.runtime.models import Frozen

_OUTCOMES = 100  # on a page

_MONEY = {
    "none": "no money is held or moved",
    "later": "what is held is captured later, once, as without this",
    "captures": "what is held is captured",
    "releases": "what is held is released",
    "returns": "captured money is returned",
    "looked_up": "the provider is asked first what became of an earlier try; nothing is charged twice",
}
_STATES = {
    RunState.RUNNING: "running",
    RunState.STOPPING: "stopping: no further order is begun",
    RunState.STOPPED: "stopped",
    RunState.UNFINISHED: "unfinished: its execution ended too early",
    RunState.DONE: "done",
}
_OUTCOME_MARKS = {
    OutcomeKind.DONE: "done",
    OutcomeKind.CHANGED: "waiting",
    OutcomeKind.REFUSED: "skipped",
    OutcomeKind.FAILED: "failed",
}


class EffectLine(Frozen):
    orders: int
    does: str
    money: str
    paused: str


class RefusalLine(Frozen):
    orders: int
    reason: str
    order_ids: tuple[str, ...]


class PreviewPage(Frozen):
    token: str
    summary: str
    complete: bool
    looked_at: int
    found: int
    acting: int
    effects: tuple[EffectLine, ...]
    refusals: tuple[RefusalLine, ...]
    expires: str


class OutcomeLine(Frozen):
    order_id: str
    mark: str
    outcome: str
    text: str
    at: str


class RunLine(Frozen):
    """`going`: it runs, or is stopping. `can_continue`: by who started it. `left`: orders without an outcome."""

    run_id: str
    verb: str
    state: str
    by: str
    reason: str
    begun: str
    ended: str
    orders: int
    done: int
    changed_count: int
    refused: int
    failed: int
    left: int
    going: bool
    running: bool
    can_continue: bool


class RunPage(Frozen):
    run: RunLine
    summary: str
    effects: tuple[EffectLine, ...]
    refusals: tuple[RefusalLine, ...]
    refused_before: int
    outcomes: tuple[OutcomeLine, ...]
    next_cursor: str


def preview_page(preview: Preview) -> PreviewPage:
    return PreviewPage(
        token=preview.token,
        summary=sentence(preview.effects, preview.refused),
        complete=preview.is_complete,
        looked_at=preview.looked_at,
        found=preview.found,
        acting=preview.planned,
        effects=_effects(preview.effects),
        refusals=_refusals(preview.refusals),
        expires=moment(preview.expires_at),
    )


def read_run(records: RunRecords, run: Run, user: ApiUser, cursor: str) -> RunPage:
    """`run`: as the user may see it."""
    outcomes, behind = records.outcomes(run.run_id, behind=cursor, limit=_OUTCOMES)
    return RunPage(
        run=run_line(records, run, user),
        summary=sentence(run.effects, run.refused),
        effects=_effects(run.effects),
        refusals=_refusals(run.refusals),
        refused_before=run.refused,
        outcomes=tuple(
            OutcomeLine(
                order_id=each.order_id,
                mark=_OUTCOME_MARKS[each.outcome],
                outcome=each.outcome.value,
                text=each.text,
                at=moment(each.at),
            )
            for each in outcomes
        ),
        next_cursor=behind,
    )


def run_line(records: RunRecords, run: Run, user: ApiUser) -> RunLine:
    counts = records.counts(run.run_id)
    over = run.state in (RunState.STOPPED, RunState.UNFINISHED)
    return RunLine(
        run_id=run.run_id,
        verb=dict(VERBS)[run.instruction.verb.value],
        state=_STATES[run.state],
        by=run.by,
        reason=run.reason,
        begun=moment(run.begun_at),
        ended=moment(run.ended_at),
        orders=run.orders,
        done=counts[OutcomeKind.DONE],
        changed_count=counts[OutcomeKind.CHANGED],
        refused=counts[OutcomeKind.REFUSED],
        failed=counts[OutcomeKind.FAILED],
        left=run.orders - sum(counts.values()),
        going=run.state in GOING,
        running=run.state is RunState.RUNNING,
        can_continue=over and run.by == user.name,
    )


def _effects(groups: Iterable[EffectGroup]) -> tuple[EffectLine, ...]:
    return tuple(
        EffectLine(orders=group.orders, does=group.does, money=_money(group), paused=group.paused) for group in groups
    )


def _money(group: EffectGroup) -> str:
    sums = " and ".join(amount(cents, currency) for currency, cents in sorted(group.sums.items()))
    said = _MONEY[group.money.value]
    return f"{sums}: {said}" if sums else said


def _refusals(groups: Iterable[RefusalGroup]) -> tuple[RefusalLine, ...]:
    return tuple(RefusalLine(orders=group.orders, reason=group.reason, order_ids=group.order_ids) for group in groups)
