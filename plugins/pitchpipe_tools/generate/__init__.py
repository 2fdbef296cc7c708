"""The command `generate`: conversations made by the recipe's generators."""
