"""The screen of an installation that has none."""

from lambdas.orders.model.order import Order


class UncountedTrial:
    """Nobody counts how it ends."""

    def passed(self) -> None: ...

    def declined(self) -> None: ...


class NoScreen:
    """Payments are tried as often as they are asked for."""

    def check(self, order: Order) -> UncountedTrial:
        return UncountedTrial()

    def unchecked(self, order: Order) -> UncountedTrial:
        return UncountedTrial()


UNSCREENED = NoScreen()
