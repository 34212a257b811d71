"""Stand-ins for the companies that the product calls. Each keeps the promises that its company documents."""
