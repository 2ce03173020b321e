"""Contract tests and a mock for Adapty's integration-identifiers API."""

__version__ = "0.1.0"
