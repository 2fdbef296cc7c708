"""Files of every kind as rows: opened, decompressed, recognised, cut into parts."""
