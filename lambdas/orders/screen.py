"""The screen of an installation that has none."""

from lambdas.orders.model.order import Order


class UncountedTrial:
    """Nobody counts how it ends."""

    def on_passed(self) -> None: ...

    def on_declined(self) -> None: ...


class NoScreen:
    """Payments are tried as often as they are asked for."""

    def check(self, order: Order) -> UncountedTrial:
        return UncountedTrial()

    def admit(self, order: Order) -> UncountedTrial:
        return UncountedTrial()


UNSCREENED = NoScreen()
