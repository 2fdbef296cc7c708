"""Guards at work: what each of them says of a request, and of an answer while it grows."""
