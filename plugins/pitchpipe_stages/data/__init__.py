"""Rows: read from sources, judged by filters, compared with each other, kept in shards on disk."""
