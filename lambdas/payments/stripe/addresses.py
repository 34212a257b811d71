"""The origins of Stripe's pages."""

ORIGINS = ("https://checkout.stripe.com", "https://hooks.stripe.com", "https://pm-redirects.stripe.com")
