"""From a conversation to token ids and labels, proven; the only room that touches a tokenizer."""
