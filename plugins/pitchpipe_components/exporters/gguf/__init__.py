"""GGUF, the one file that llama.cpp, Ollama and LM Studio load, written for the Llama family."""
