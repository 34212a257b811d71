"""Who calls: logged in, counted, answered once per key, and shown what they may see."""
