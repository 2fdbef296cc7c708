"""The commands, one a module, imported only when called."""
