"""Keys of tags that a stage may choose."""

_OURS = ("project", "stage")


def free_tag(key: str) -> str:
    """The key, if it is neither ours nor AWS's own. Raises ValueError."""
    if key.lower().startswith("aws:") or key in _OURS:
        raise ValueError(f"{key} is taken: choose another key than {', '.join(_OURS)} and those that begin with aws:")
    return key
