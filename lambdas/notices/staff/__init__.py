"""Tells staff what happened to orders: by mail, webhook or SNS topic, each notice once, with no personal data in any."""
