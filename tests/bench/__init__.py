"""`make bench`: what an order costs, how fast functions start, what lists read; against the budgets of docs/decisions.md."""
