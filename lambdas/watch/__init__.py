"""Nothing is stuck silently: what is past its deadline is told, once."""
