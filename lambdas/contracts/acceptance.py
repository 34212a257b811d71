"""Turns a signed contract into a submitted order, once. All doors use this way (reference/ubersmith.md 3.1).

Checks the whole contract before the first write. Every write is repeatable, and the last one marks the contract as done. If
the same signature arrives again, the work resumes where it stopped or changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lambdas.catalog.plan import Plan
from lambdas.contracts.contract import ContractSigned
from lambdas.contracts.diff import differences
from lambdas.contracts.draft import draft_of
from lambdas.contracts.errors import ContractRefusedError, NotAsSignedError
from lambdas.contracts.fitness import refuse_unfit
from lambdas.contracts.terms import contract_in_full, contract_of_quote, signature_of
from lambdas.contracts.without_hold import WithoutHold
from lambdas.orders.decisions.lead.shown_order import ShownOrder, price_digest
from lambdas.orders.errors import Again, KeyTakenError, OrderError, Problem
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.payment_ports import ABSENT, Payer
from lambdas.orders.service import OrderService
from lambdas.orders.table.keys import IdempotencyKey
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.quotes.contract import (
    ContractRecords,
    KeptContract,
    Outcome,
    SignedContract,
    contract_digest,
    same_as,
)
from lambdas.records.quotes.quote import Quote, QuoteRecords
from lambdas.records.request_key import RequestKey
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import MetricUnit, logger, metrics


@dataclass(frozen=True)
class Accepted:
    """`repeated`: an earlier delivery of the signature made the order. `refusal`: why the order stayed a lead just now."""

    order: Order
    contract: KeptContract
    repeated: bool = False
    refusal: OrderError | None = None

    @property
    def quote_id(self) -> str | None:
        return self.contract.content.quote_id


class ContractIntake:
    """`preauthorize`: hold the money of a card when a contract is signed, as for any submit; else its invoice stays open."""

    def __init__(
        self, service: OrderService, records: RecordTable, plans: Mapping[str, Plan], *, preauthorize: bool
    ) -> None:
        self._service = service if preauthorize else service.paid_through(WithoutHold)
        self._plans = plans
        self._contracts, self._quotes, self._posts = (
            ContractRecords(records),
            QuoteRecords(records),
            PostRecords(records),
        )

    def accept(self, signed: ContractSigned, by: str, payer: Payer = ABSENT) -> Accepted:
        """Create and submit the contract's order. If its payment is refused, the order stays a lead and says why.

        `payer`: absent where a contract comes in by an event or a provider, after it was signed.

        Raises OrderError; its `again` is LATER if the same may succeed by waiting. A quote's or contract's
        errors are in records/quote_errors.py, records/contract.py and errors.py.
        """
        quote = self._quotes.get(signed.quote_id) if signed.quote_id else None
        contract_id = quote.contract_id if quote else signed.contract_id or ""
        kept = self._contracts.get(contract_digest(contract_id, signed.signature_id))
        if kept:
            kept = same_as(kept, signed.content_hash())
            if kept.outcome and kept.order_id:
                metrics.add_metric("ContractsRepeated", MetricUnit.Count, 1)
                return Accepted(self._service.get(order_id=kept.order_id), kept, repeated=True)
        return self._carry_out(kept or self._keep(signed, quote, by), by, payer)

    def _keep(self, signed: ContractSigned, quote: Quote | None, by: str) -> KeptContract:
        if quote:
            self._refuse_other_currency(quote)
            signature = signature_of(signed, quote)
            known = self._quotes.signed_by(quote.quote_id, signature.digest)
            refuse_unfit(contract_of_quote(signed, known or quote), self._service, self._plans)
            contract = contract_of_quote(signed, self._quotes.sign(quote.quote_id, signature))
        else:
            contract = contract_in_full(signed, self._service.queues, self._service.currency_of)
            refuse_unfit(contract, self._service, self._plans)
        fresh = KeptContract(
            content=contract, content_hash=signed.content_hash(), received_at=self._service.now(), received_by=by
        )
        return self._contracts.keep(fresh)

    def _refuse_other_currency(self, quote: Quote) -> None:
        """Nobody signs for amounts that the brand charges in another currency by now."""
        now = self._service.currency_of(quote.brand_id)
        if quote.currency not in ("", now):
            text = f"quote {quote.quote_id} is in {quote.currency}, and its brand sells in {now} now; make a new quote"
            raise ContractRefusedError(Problem("quote_id", text))

    def _carry_out(self, kept: KeptContract, by: str, payer: Payer) -> Accepted:
        contract, refusal = kept.content, None
        order = self._create(contract, by)
        if order.is_lead:
            try:
                order = self._submit(order, contract, by, payer)
            except OrderError as error:
                if error.again is Again.LATER:
                    raise
                order, refusal = self._service.get(order_id=order.order_id), error
        outcome = _outcome(order)
        reason = refusal.message if refusal and outcome is Outcome.LEAD else ""
        if outcome is Outcome.LEAD:
            self._post_note(order, contract, reason, by)
        if contract.quote_id:
            self._quotes.ordered(contract.quote_id, order.order_id)
        recorded = self._contracts.record_outcome(kept, order.order_id, outcome, reason)
        metrics.add_metric("ContractsAccepted", MetricUnit.Count, 1)
        logger.info("contract accepted", order_id=order.order_id, outcome=outcome.value, by=by)
        return Accepted(order, recorded, refusal=refusal)

    def _submit(self, order: Order, contract: SignedContract, by: str, payer: Payer) -> Order:
        """Submit the order, as long as it is what was signed."""
        if found := differences(contract, order):
            raise NotAsSignedError(order.order_id, [str(each) for each in found])
        shown = ShownOrder(price=price_digest(order))
        return self._service.submit(order, by=by, shown=shown, signed=True, payer=payer)

    def _create(self, contract: SignedContract, by: str) -> Order:
        """Create the order, or read the one that an earlier delivery of this signature created."""
        key = IdempotencyKey("contracts", contract.digest, lasts=True)
        try:
            made = self._service.create(draft_of(contract), key, by=by).order_id
        except KeyTakenError as taken:  # made by an earlier release, which wrote the same contract down otherwise
            made = str(taken.facts["order_id"])
        return self._service.get(order_id=made)

    def _post_note(self, order: Order, contract: SignedContract, reason: str, by: str) -> None:
        """A note among staff, once per contract."""
        metrics.add_metric("ContractsLeftAsLeads", MetricUnit.Count, 1)
        logger.warning("contract left as a lead", order_id=order.order_id, owner=order.owner)
        now = self._service.now()
        note = Post(
            order_id=order.order_id,
            kind=PostKind.COMMENT,
            author="contracts",
            by=by,
            subject=f"Signed contract {contract.contract_id} was not submitted",
            body=f"{reason}\n\nFor {order.owner}: the contract is signed and the order is a lead until it is submitted.",
            posted_at=now,
        )
        self._posts.add(note, RequestKey.of("contracts", contract.digest, "left_as_lead", {}, now))


def _outcome(order: Order) -> Outcome:
    if order.is_lead:
        return Outcome.LEAD
    return Outcome.CANCELED if order.step_status is StepStatus.CANCELED else Outcome.SUBMITTED
