"""Several gateways in one stage: which payment is begun where, and how its calls find back there."""
