"""Reads a contract into its model. Problems are named field by field, and no value is quoted."""

from typing import Any

from pydantic import ValidationError

from lambdas.contracts.contract import ContractSigned
from lambdas.contracts.errors import ContractCardDataError, ContractMalformedError
from lambdas.orders.card_numbers.card_data import card_data_in
from lambdas.orders.errors import Problem
from lambdas.orders.model.info import MAX_INPUT_DEPTH, walk
from lambdas.runtime.validation_messages import message_of, path_of

_MAX_PROBLEMS, _LONGEST_FIELD = 20, 80


def read_contract(raw: Any) -> ContractSigned:
    """Raises ContractCardDataError or ContractMalformedError."""
    if not isinstance(raw, dict):
        raise ContractMalformedError(Problem("contract", "must be a JSON object; docs/contracts.md shows one"))
    refuse_card_numbers(raw)
    try:
        return ContractSigned.model_validate(raw)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise ContractMalformedError(*(_problem(one) for one in found[:_MAX_PROBLEMS])) from None


def refuse_card_numbers(tree: Any) -> None:
    """Raises ContractCardDataError; ContractMalformedError for what is nested too deeply to be looked through."""
    if any(depth > MAX_INPUT_DEPTH for *_, depth in walk(tree)):
        raise ContractMalformedError(Problem("contract", f"is nested more than {MAX_INPUT_DEPTH} levels deep"))
    if found := card_data_in(tree):
        raise ContractCardDataError("a field's name" if found.in_name else found.path[:_LONGEST_FIELD])


def _problem(found: Any) -> Problem:
    field = path_of(found)[:_LONGEST_FIELD] or "contract"
    if found["type"] == "extra_forbidden":
        return Problem(field, "is no field of a contract, version 1; leave it out or correct its name")
    return Problem(field, message_of(found))
