"""Overlap of replies with the expected ones: BLEU, chrF, ROUGE, and whether one is or contains the other."""
