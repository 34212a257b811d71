"""Whether whoever asks may do what they ask for, as the verbs ask it at the moment they decide; doors say who may what."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order


class Permit(Protocol):
    """Each method raises if this is not allowed. It is asked before anything that is named is looked up."""

    def change(self, order: Order, changes: Mapping[str, Any]) -> None:
        """Whether these changes of the order may be made."""

    def pay(self, order: Order) -> None:
        """Whether the order may be paid by what pays it."""

    def pass_over(self, order: Order, actions: Iterable[ChecklistAction]) -> None:
        """Whether these actions of the order, which are neither done nor skipped, may be left out."""


class _Unbound:
    def change(self, order: Order, changes: Mapping[str, Any]) -> None:
        """Everything may be changed."""

    def pay(self, order: Order) -> None:
        """Everything may pay."""

    def pass_over(self, order: Order, actions: Iterable[ChecklistAction]) -> None:
        """Every action may be left out."""


UNBOUND: Permit = _Unbound()
