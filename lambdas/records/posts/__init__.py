"""Posts on an order, their files, and mails that went out."""
