"""`make migrate-orders`: writes orders again in the version that the working tree writes."""
