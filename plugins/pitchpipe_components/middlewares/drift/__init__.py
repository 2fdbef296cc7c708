"""Whether what is asked and answered now is still like what a model was tuned on."""
