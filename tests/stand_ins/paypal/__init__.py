"""A stand-in for PayPal: Orders v2, payments v2 and the page on which a payer approves. It keeps what PayPal documents."""
