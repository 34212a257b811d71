"""Money on the engine: what the payment provider tells, and what is held for long."""
