"""Code samples: what request each would make, read with a parser of its language."""
