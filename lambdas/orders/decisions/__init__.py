"""What may become of an order. Pure: order in, order out, or a refusal that says why."""
