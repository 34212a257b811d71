"""All that a stage keeps of one person: found, exported, erased."""
