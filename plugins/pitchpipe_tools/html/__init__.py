"""Pages as one file of HTML each: markup that escapes, a frame, charts."""
