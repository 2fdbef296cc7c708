"""What other tools call the options of a recipe: Transformers, TRL, PEFT, axolotl, LLaMA-Factory, torchtune.

Written as `--set` would: `trainer.sft.epochs`, or with the value that a switch stands for. Names of our own
options are among them, for a recipe that writes them in another place.
"""

SYNONYMS = {
    "model.transformers.name": "base_model model_name_or_path model_name model_id model_path"
    " pretrained_model_name_or_path base_model_name_or_path",
    "model.transformers.folder": "checkpoint_dir",
    "model.transformers.revision": "model_revision revision_of_model",
    "model.transformers.quantize=nf4": "load_in_4bit use_4bit bnb_4bit_quant_type qlora",
    "model.transformers.quantize=int8": "load_in_8bit use_8bit",
    "model.transformers.quantize": "quantize quantization quantization_bit",
    "model.transformers.dtype=bfloat16": "bfloat16 pure_bf16",
    "model.transformers.dtype=float16": "float16",
    "model.transformers.dtype": "dtype torch_dtype",
    "model.transformers.attention": "attention attn_implementation",
    "model.transformers.attention=flash_attention_2": "flash_attention flash_attn use_flash_attention_2",
    "model.transformers.pad_token": "pad_token",
    "model.transformers.trust_remote_code": "trust_remote_code",
    "adapter.lora.rank": "r rank lora_r lora_rank lora_dim",
    "adapter.lora.alpha": "alpha lora_alpha",
    "adapter.lora.targets=all-linear": "lora_target_linear",
    "adapter.lora.dropout": "dropout lora_dropout",
    "adapter.lora.targets": "targets target_modules lora_target lora_target_modules lora_attn_modules",
    "adapter=lora": "peft lora use_peft finetuning_type peft_type peft_config",
    "collator.padded.length": "length max_seq_length max_seq_len max_length cutoff_len sequence_len"
    " model_max_length block_size seq_length seq_len",
    "collator=packed": "packing packed sample_packing pack_dataset neat_packing",
    "collator.padded.multiple_of": "pad_to_multiple_of",
    "trainer.sft.epochs": "epochs num_train_epochs num_epochs n_epochs max_epochs",
    "trainer.sft.learning_rate": "lr learning_rate",
    "trainer.sft.batch_size": "batch_size per_device_train_batch_size micro_batch_size train_batch_size"
    " per_device_batch_size",
    "trainer.sft.accumulate": "accumulate gradient_accumulation_steps grad_accum_steps gradient_accumulation",
    "trainer.sft.schedule": "schedule lr_scheduler lr_scheduler_type scheduler",
    "trainer.sft.floor": "floor min_lr_ratio min_lr_rate cosine_min_lr_ratio lr_end_ratio",
    "trainer.sft.warmup": "warmup warmup_ratio warmup_steps num_warmup_steps lr_warmup_steps",
    "trainer.sft.optimizer": "optimizer optim optim_type optimizer_type optimizer_name",
    "trainer.sft.weight_decay": "weight_decay",
    "trainer.sft.beta1": "beta1 adam_beta1",
    "trainer.sft.beta2": "beta2 adam_beta2",
    "trainer.sft.epsilon": "epsilon adam_epsilon eps adam_eps",
    "trainer.sft.max_grad_norm": "max_grad_norm gradient_clip_val clip_grad_norm max_norm gradient_clipping",
    "trainer.sft.neftune": "neftune neftune_noise_alpha noisy_embedding_alpha neftune_alpha",
    "trainer.sft.precision=bfloat16": "bf16 amp",
    "trainer.sft.precision": "precision fp16 mixed_precision bnb_4bit_compute_dtype",
    "trainer.sft.max_steps": "max_steps max_train_steps total_steps max_steps_per_epoch",
    "trainer.sft.log_every": "log_every logging_steps log_every_n_steps logging_interval",
    "trainer.sft.evaluate_every": "evaluate_every eval_steps eval_strategy evaluation_strategy eval_interval"
    " eval_every val_check_interval",
    "trainer.sft.keep=best": "load_best_model_at_end save_best",
    "trainer.sft.keep": "keep metric_for_best_model",
    "trainer.sft.patience": "patience early_stopping_patience early_stopping early_stop_patience",
    "trainer.sft.checkpoint_every": "checkpoint_every save_steps checkpointing_steps save_interval",
    "trainer.sft.checkpoints": "checkpoints save_total_limit keep_last_n_checkpoints keep_checkpoints",
    "trainer.sft.gradient_checkpointing": "gradient_checkpointing use_gradient_checkpointing"
    " enable_activation_checkpointing activation_checkpointing",
    "trainer.sft.seed": "seed random_seed",
    "split.validation": "val_set_size val_size eval_size validation_split validation_split_percentage",
    "split.test": "test_size test_split",
    "split.seed": "data_seed split_seed",
    "template": "chat_template conversation_template prompt_template prompt_format prompt_style",
    "template.chatml.learn=everything": "train_on_inputs train_on_input train_on_prompt",
    "template.chatml.learn=last": "mask_history",
    "template.chatml.learn": "learn roles_to_train train_on_responses_only train_on_completions_only"
    " completion_only_loss assistant_only_loss",
    "loaders.1.files.path": "path data dataset datasets dataset_path data_path data_file data_files"
    " train_file train_data train_dataset train_path",
    "loaders.1.files.format": "format dataset_format dataset_type",
    "loaders.1.files.columns": "columns field_mapping column_mapping",
    "loaders.1.files.first": "max_samples max_train_samples",
    "loaders.1.huggingface.name": "dataset_name hf_dataset dataset_id",
    "loaders.1.huggingface.subset": "dataset_config_name dataset_config",
    "mix": "interleave_probs mix_strategy dataset_weights",
    "--name": "output_dir run_name",
    "--processes": "preprocessing_num_workers dataset_num_proc dataset_processes num_proc",
}
