"""PayPal behind the gateway port: Orders v2 over plain HTTP, by the library that the Lambda runtime brings."""
