"""Methods of pauses."""
