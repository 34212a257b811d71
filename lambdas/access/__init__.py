"""Rights of users at work, logins and their limits: the same behind each door that users enter."""
