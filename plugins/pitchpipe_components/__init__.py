"""What a recipe names: the components that ship with pitchpipe. They come in by everyone's door."""
