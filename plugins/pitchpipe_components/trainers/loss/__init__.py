"""The loss on learned tokens alone, without the logits of all tokens."""
