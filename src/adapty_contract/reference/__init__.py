"""The living reference: what the contract says, who says so, and when it was last seen to hold."""
