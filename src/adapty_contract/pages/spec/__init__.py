"""OpenAPI documents of other people, read as pages are: their tree with lines, their schemas, examples and security."""
