"""Acts of people on an order: process, skip, move, restart, assign, correct. Pure."""
