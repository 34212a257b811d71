"""Door 3: signed contracts, as events on a bus and as webhooks of e-signature providers. Both end in one queue."""
