"""The desk at `/desk`: sign-in, session, and routes."""
