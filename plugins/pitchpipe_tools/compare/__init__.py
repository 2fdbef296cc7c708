"""The command `compare`: people choose blindly between the replies of two models."""
