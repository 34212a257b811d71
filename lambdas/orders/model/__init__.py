"""What an order is: its queue, its checklist, its packs, its `info`."""
