"""A recipe as people write it: YAML with anchors, variables, files that it extends, and --set."""
