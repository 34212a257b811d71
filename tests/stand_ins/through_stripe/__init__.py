"""PayPal's adapter over the stand-in."""
