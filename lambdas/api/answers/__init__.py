"""API 2.0's `data`, one file per group of methods: values as text, empty maps as `[]` (reference ubersmith-orders 4.4)."""
