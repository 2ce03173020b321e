"""Generation: what nobody thought of. A state machine over the meaning, and cases made from the spec's schemas."""
