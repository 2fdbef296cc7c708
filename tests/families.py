"""Small models of many families, with random weights, saved as anyone saves a model."""

import torch

# For each family what its config calls the sizes, where that is not as everywhere.
GPT = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128}
FAMILIES = {
    "llama": {}, "qwen2": {}, "qwen3": {}, "mistral": {}, "gemma2": {}, "gemma3_text": {}, "olmo2": {},
    "granite": {}, "phi3": {}, "stablelm": {}, "starcoder2": {}, "cohere": {}, "gpt_neox": {},
    "bloom": {"n_layer": 2, "n_head": 4}, "opt": {"ffn_dim": 64, "word_embed_proj_dim": 32}, "gpt2": GPT,
    "gptj": GPT | {"rotary_dim": 4}, "mixtral": {"num_local_experts": 2}, "mamba": {"state_size": 4},
    "qwen3_moe": {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 16}, "lfm2": {"layer_types": ["full_attention", "conv"]},
    "gpt_neo": {"num_layers": 2, "num_heads": 4, "attention_types": [[["global", "local"], 1]]},
}  # fmt: skip
SIZES = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 128,
}  # fmt: skip
ROWS = 128


def small(family, tied=False, rows=ROWS, seed=0):
    """A small model of a family."""
    from transformers import AutoConfig, AutoModelForCausalLM

    sizes = {} if "n_embd" in FAMILIES[family] else SIZES
    config = AutoConfig.for_model(
        family, **{**sizes, **FAMILIES[family]}, vocab_size=rows, tie_word_embeddings=tied, pad_token_id=0
    )
    torch.manual_seed(seed)
    return AutoModelForCausalLM.from_config(config)


def edit(folder, change):
    """Changes the weights of a saved model: `change` takes and gives a dict of tensors."""
    from safetensors.torch import load_file, save_file

    file = folder / "model.safetensors"
    save_file(change(dict(load_file(file))), file, metadata={"format": "pt"})
