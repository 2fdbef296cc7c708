"""Texts: words, phrases, prose and rewriting, for filters, repair, duplicates and embedders."""
