"""What each method takes: one pydantic model per method, one file per group of methods."""
