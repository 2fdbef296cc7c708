"""How likely a model holds texts behind others. What many of them begin with is read once."""
