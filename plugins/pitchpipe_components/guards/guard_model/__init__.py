"""A guard that asks a model behind a URL."""
