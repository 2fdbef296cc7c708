"""What clients send and get: the API of OpenAI, and what servers have beside it."""
