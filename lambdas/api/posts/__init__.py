"""Methods of posts and attachments."""
