"""The plugins that ship with pitchpipe. They register like any other plugin."""
