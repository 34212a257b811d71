"""Money in and back: a narrow port, and the adapters of the gateways behind it."""
