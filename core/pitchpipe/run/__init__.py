"""A run: stages in their order, each done once, each keyed by all that can change its result."""
