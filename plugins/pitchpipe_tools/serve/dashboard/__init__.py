"""/dashboard: what a server does now, for people."""
