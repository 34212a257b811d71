"""Webhooks of payment providers: verified, stored, acknowledged, then applied by looking the payment up."""
