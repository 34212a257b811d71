"""What callers say of an order, read: keys with a meaning, packs, host names. Pure."""
