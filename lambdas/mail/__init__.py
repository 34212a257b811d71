"""Mail that goes out: addresses, and sending that knows what became of each mail. Actions and doors stand on it."""
