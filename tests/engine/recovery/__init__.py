"""Recovery of tables to a moment."""
