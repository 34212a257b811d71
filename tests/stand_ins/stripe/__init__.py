"""A stand-in for Stripe: one small HTTP server that its own SDK talks to, with a clock of the test's.

It keeps what Stripe documents of payment intents, charges, refunds, customers, payment methods, setup by Checkout, idempotency
keys and webhooks, as far as the product uses them. A parameter that it does not know is refused, as at Stripe.
"""
