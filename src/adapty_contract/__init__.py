"""Contract tests, a mock and a living reference for Adapty's integration-identifiers API."""

__version__ = "0.1.0"
