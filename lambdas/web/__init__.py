"""HTTP for doors with pages: requests, answers with security headers, and templates."""
