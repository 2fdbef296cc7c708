"""HTML pages of one file each: markup that escapes, a page frame, charts."""
