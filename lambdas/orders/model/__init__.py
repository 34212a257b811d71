"""The model of an order: its queue, its checklist, its packs, its `info`."""
