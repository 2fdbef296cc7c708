"""How servers of others are asked over HTTP: their address, a key, what they say where they refuse."""
