"""The domain: orders, their queues, and the verbs. No HTTP, event or console words in here."""
