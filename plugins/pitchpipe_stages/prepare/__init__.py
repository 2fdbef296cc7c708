"""The stage `prepare`: from rows in files to the examples that training reads."""
