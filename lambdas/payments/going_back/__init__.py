"""Money that goes back to its payer without us: disputes at their bank, and refunds made at the payment provider."""
