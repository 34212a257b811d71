"""VAT numbers as their register knows them: whether a number that would take the tax off is one. The port, its adapters, and the
taxes that go by it."""
