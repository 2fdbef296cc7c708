"""The stage `train`: batches in an order that a kill does not change, and what training costs."""
