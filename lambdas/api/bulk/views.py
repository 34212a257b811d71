"""Previews and runs as new callers get them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, TypedDict

from typing_extensions import Doc

from lambdas.api.bulk.results import RunPage, RunReport
from lambdas.api.http.values import iso
from lambdas.bulk.preview import Preview
from lambdas.bulk.run import OutcomeKind
from lambdas.bulk.summary import EffectGroup, RefusalGroup, sentence
from lambdas.orders.model.money import format_cents


class SumView(TypedDict):
    amount: Annotated[str, Doc("The amount.")]
    currency: Annotated[str, Doc("Its currency.")]


class EffectView(TypedDict):
    does: Annotated[str, Doc("What is done with each of these orders.")]
    money: Annotated[
        str,
        Doc(
            "What that does to their money. none: nothing. later: what is held is captured later, once, as without the run. "
            "captures: it is captured. releases: it is released. returns: captured money is returned. looked_up: an earlier try "
            "may have moved money, so the provider is asked first, and nothing is done twice."
        ),
    ]
    paused: Annotated[str, Doc("The pause that these orders then wait for, and until when; empty: none.")]
    orders: Annotated[int, Doc("How many orders.")]
    sums: Annotated[list[SumView], Doc("The money it is about.")]


class RefusalView(TypedDict):
    kind: Annotated[str, Doc("The kind of refusal, as a single call would be refused.")]
    reason: Annotated[str, Doc("Why, for people.")]
    orders: Annotated[int, Doc("How many orders.")]
    order_ids: Annotated[list[str], Doc("The first of them.")]


class PreviewView(TypedDict):
    preview: Annotated[
        str, Doc("Names this preview, for order.bulk_run; or for order.bulk_preview if it is incomplete.")
    ]
    complete: Annotated[bool, Doc("Whether all orders were looked at. If not, call again with this preview.")]
    verb: Annotated[str, Doc("What is done with each order.")]
    summary: Annotated[str, Doc("All of it in one sentence.")]
    looked_at: Annotated[int, Doc("Orders that were read so far.")]
    orders: Annotated[int, Doc("Orders that are meant, refused ones included.")]
    acting: Annotated[int, Doc("Orders that the run acts on.")]
    refused: Annotated[int, Doc("Orders that are refused.")]
    effects: Annotated[list[EffectView], Doc("What is done, by what and with what money.")]
    refusals: Annotated[list[RefusalView], Doc("What is refused, by why.")]
    expires_at: Annotated[str | None, Doc("Until when it can be run.")]


class OutcomeView(TypedDict):
    order_id: Annotated[str, Doc("The order.")]
    outcome: Annotated[
        str,
        Doc(
            "done: what the preview named. changed: the order had moved on, and something else would have happened, so nothing "
            "was done. refused: nothing was done. failed: an error of ours, which is logged."
        ),
    ]
    text: Annotated[str, Doc("What was done, or why not.")]
    at: Annotated[str | None, Doc("When.")]


class RunView(TypedDict):
    bulk_run_id: Annotated[str, Doc("The run's id.")]
    state: Annotated[
        str,
        Doc(
            "running; stopping: no further order is begun; stopped; unfinished: its machine ended too early; done. A stopped or "
            "unfinished run is continued with order.bulk_run."
        ),
    ]
    verb: Annotated[str, Doc("What is done with each order.")]
    user: Annotated[str, Doc("Who started it, with whose rights it acts.")]
    reason: Annotated[str, Doc("Why.")]
    orders: Annotated[int, Doc("Orders that the run acts on.")]
    done: Annotated[int, Doc("Orders done, as far as pages are counted.")]
    changed: Annotated[int, Doc("Orders that had moved on.")]
    refused: Annotated[int, Doc("Orders that were refused when the run came to them.")]
    failed: Annotated[int, Doc("Orders with an error of ours.")]
    left: Annotated[int, Doc("Orders without an outcome yet.")]
    refused_before: Annotated[int, Doc("Orders that the preview refused, which are not in the run.")]
    effects: Annotated[list[EffectView], Doc("What the preview named.")]
    refusals: Annotated[list[RefusalView], Doc("What the preview refused.")]
    begun_at: Annotated[str | None, Doc("When it was started, or continued.")]
    ended_at: Annotated[str | None, Doc("When it ended.")]
    stopped_by: Annotated[str, Doc("Who stopped it.")]


class RunOutcomesView(RunView):
    outcomes: Annotated[list[OutcomeView], Doc("The outcome of each order, in the order of the run.")]
    next_cursor: Annotated[str | None, Doc("Where the next page begins; null if there is none.")]


class RunsView(TypedDict):
    bulk_runs: Annotated[list[RunView], Doc("The runs, the latest first.")]
    next_cursor: Annotated[str | None, Doc("Where the next page begins; null if there is none.")]


def preview_view(preview: Preview) -> PreviewView:
    return {
        "preview": preview.token,
        "complete": preview.is_complete,
        "verb": preview.instruction.verb.value,
        "summary": sentence(preview.effects, preview.refused),
        "looked_at": preview.looked_at,
        "orders": preview.found,
        "acting": preview.planned,
        "refused": preview.refused,
        "effects": _effects(preview.effects),
        "refusals": _refusals(preview.refusals),
        "expires_at": iso(preview.expires_at),
    }


def run_view(report: RunReport) -> RunView:
    run, counts = report.run, report.counts
    return {
        "bulk_run_id": run.run_id,
        "state": run.state.value,
        "verb": run.instruction.verb.value,
        "user": run.by,
        "reason": run.reason,
        "orders": run.orders,
        "done": counts[OutcomeKind.DONE],
        "changed": counts[OutcomeKind.CHANGED],
        "refused": counts[OutcomeKind.REFUSED],
        "failed": counts[OutcomeKind.FAILED],
        "left": run.orders - sum(counts.values()),
        "refused_before": run.refused,
        "effects": _effects(run.effects),
        "refusals": _refusals(run.refusals),
        "begun_at": iso(run.begun_at),
        "ended_at": iso(run.ended_at),
        "stopped_by": run.stopped_by,
    }


def runs_view(found: RunPage) -> RunsView:
    return {"bulk_runs": [run_view(report) for report in found.reports], "next_cursor": found.next_cursor or None}


def outcomes_view(report: RunReport) -> RunOutcomesView:
    outcomes: list[OutcomeView] = [
        {
            "order_id": outcome.order_id,
            "outcome": outcome.outcome.value,
            "text": outcome.text,
            "at": iso(outcome.at),
        }
        for outcome in report.outcomes
    ]
    return {**run_view(report), "outcomes": outcomes, "next_cursor": report.next_cursor or None}


def _effects(groups: Iterable[EffectGroup]) -> list[EffectView]:
    return [
        {
            "does": group.does,
            "money": group.money.value,
            "paused": group.paused,
            "orders": group.orders,
            "sums": _sums(group.sums),
        }
        for group in groups
    ]


def _sums(sums: Mapping[str, int]) -> list[SumView]:
    return [{"amount": format_cents(cents, currency), "currency": currency} for currency, cents in sorted(sums.items())]


def _refusals(groups: Iterable[RefusalGroup]) -> list[RefusalView]:
    return [
        {"kind": group.kind, "reason": group.reason, "orders": group.orders, "order_ids": list(group.order_ids)}
        for group in groups
    ]
