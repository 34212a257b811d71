"""The only way out: the order table's stream."""
