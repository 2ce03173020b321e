"""The mock: a stateful server that keeps the contract, speaks every permitted dialect and can be given seeded faults."""
