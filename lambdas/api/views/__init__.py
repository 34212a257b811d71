"""What new callers get, one file per group of methods: real types, ISO times. Typed dicts, so that OpenAPI can say them."""
