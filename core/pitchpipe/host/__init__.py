"""The doors: what plugins may offer, how they come in, and how their components are found."""
