"""Contracts: how an order differs from what was signed."""

from lambdas.api.auth.caller import Caller
from lambdas.api.backend import Backend
from lambdas.api.method import Method
from lambdas.api.quotes import records_2_0 as answers
from lambdas.api.quotes import views
from lambdas.api.quotes.requests import DiffContractRequest
from lambdas.api.quotes.results import ContractDiff, NoContractError
from lambdas.contracts.diff import differences, without_person
from lambdas.records.quotes.contract import ContractRecords
from lambdas.records.users.rights import Right


def _diff(backend: Backend, request: DiffContractRequest, caller: Caller) -> ContractDiff:
    order = backend.order(request, caller)
    contract = ContractRecords(backend.records).of_order(order.order_id)
    if contract is None:
        raise NoContractError(order.order_id)
    found = differences(contract.content, order)
    if caller.sees_personal_data(order.order_queue_id, order.brand_id):
        return ContractDiff(order.order_id, contract, found)
    nameless = contract.content.changed(contract_id="", signature_id="")
    return ContractDiff(order.order_id, contract.changed(content=nameless), without_person(found))


METHODS: dict[str, Method] = {
    "order.diff_contract": Method(
        title="Show what an order has that was not signed",
        request=DiffContractRequest,
        rights=(Right.VIEW,),
        verb=_diff,
        answer=answers.diff,
        view=views.diff_view,
        reads=True,
        example={"order_id": "1001"},
    ),
}
