"""The status page of an order: how it stands, how it is paid, messages."""
