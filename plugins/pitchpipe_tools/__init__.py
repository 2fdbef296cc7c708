"""What a person looks with: every command of the command line."""
