"""How replies end, in words of OpenAI, vLLM, llama.cpp, TGI, Mistral, DeepSeek, Gemini, Zhipu and others."""

WHOLE = ("stop", "eos", "eos_token", "stop_sequence", "end_turn", "word", "")
CUT = ("length", "max_tokens", "model_length", "max_output_tokens", "limit")
FILTERED = (
    "content_filter",
    "safety",
    "recitation",
    "prohibited_content",
    "blocklist",
    "refusal",
    "sensitive",
)
BROKEN = ("error", "abort", "insufficient_system_resource", "network_error")
CALLED = ("tool_calls", "function_call", "tool_use")
