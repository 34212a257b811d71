"""Door 1: the HTTP API. `/api/2.0/` speaks Ubersmith's API 2.0; `/<method>` is the same table of methods for new callers."""
