"""From a recipe's file to bound components, or to all its mistakes, each with its line."""
