"""The fields of forms: what they ask, accept and write."""
