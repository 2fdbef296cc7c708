"""python -m pitchpipe, as launchers of several processes call it."""

from pitchpipe.cli import main

if __name__ == "__main__":
    main()
