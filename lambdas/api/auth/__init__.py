"""The caller: logs them in, counts their calls, answers once per key, and hides what they may not see."""
