"""Records without their person: numbers, sums, states and times. Pure."""

from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.model.redacted import without_person
from lambdas.records.clients.client import Client
from lambdas.records.quotes.contract import KeptContract, Signer
from lambdas.records.quotes.quote import Quote
from lambdas.records.quotes.service import QuotedService

HOW = "erase_person"
# By these the order and its money are known outside: payments, machines and its own history would not find it else.
_KEPT = ("hash", "known_reference", "attempt", "hold", "dispute", "refund_there", "waits")
_OF_MONEY = frozenset({"generate_invoice", "await_payment", "reverse_payment"})  # their results name invoices and sums


def erased_order(order: Order, by: str) -> Order:
    """The very same order if nothing of a person is left on it."""
    kept = {name: getattr(order, name) for name in _KEPT}
    actions = {key: _action(action) for key, action in order.actions.items()}
    bare = without_person(order).changed(**kept, actions=actions, contact_changed=())
    if bare.changed(changed_because=order.changed_because if order.changed_how == HOW else "") == order:
        return order
    return bare.changed(changed_by=by, changed_how=HOW, changed_because="")


def _action(action: ChecklistAction) -> ChecklistAction:
    """`config` is the queue's, and no person's."""
    result = action.result if action.module in _OF_MONEY else {}
    return action.changed(reason="", input={}, told="", result=result)


def erased_client(client: Client) -> Client:
    """Number, brand and times stay: invoices name the client by them. Nobody can sign in any more."""
    stay = {"client_id", "brand_id", "order_id", "active", "created_at"}
    return Client(**client.model_dump(include=stay), login_enabled=False)


def erased_contract(kept: KeptContract) -> KeptContract:
    """Its digests stay: the same contract that comes again is still known."""
    services = tuple(_nameless(each) for each in kept.content.services)
    content = kept.content.changed(signer=Signer(name=""), contact={}, payment={}, services=services)
    return kept.changed(content=content, reason="")


def erased_quote(quote: Quote) -> Quote:
    """The very same quote if nothing of a person is left on it."""
    signature = quote.signature.changed(signer="") if quote.signature else None
    services = {number: _nameless(each) for number, each in quote.services.items()}
    bare = quote.changed(name="", notes="", signature=signature, services=services)
    return quote if bare == quote else bare


def _nameless(service: QuotedService) -> QuotedService:
    return service.changed(description="", notes="")
