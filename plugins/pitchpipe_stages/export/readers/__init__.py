"""Scripts that ask an export with the loader of its form, each in a process of its own."""
