"""Chat templates in the shapes of models in use, in our own words, with the tokens that each needs."""
