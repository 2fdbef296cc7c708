"""Answers over HTTP: the engine, the parts around it, and the API."""
