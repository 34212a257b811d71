"""A crowd of orders at once, with cancels, declines and webhooks in every order."""
