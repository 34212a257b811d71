"""Reads what callers send: keys with a meaning, packs, host names. Pure."""
