"""Methods of quotes and contracts."""
