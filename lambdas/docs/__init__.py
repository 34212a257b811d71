"""The documentation of the API, served beside it: a page to read and try every method, and the OpenAPI document."""
