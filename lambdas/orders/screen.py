"""The screen of an installation that has none."""

from lambdas.orders.order import Order


class NoScreen:
    """Payments are tried as often as they are asked for."""

    def check(self, order: Order) -> None: ...

    def declined(self, order: Order) -> None: ...


UNSCREENED = NoScreen()
