"""How new a text is beside those before it: exact indexes that grow, for generators and for filters."""
