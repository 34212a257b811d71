"""Claims, runs, settles and undoes the actions of every module."""
