"""The OpenAPI document, made of the table of methods: `make openapi` writes docs/openapi.json. It is not deployed."""
