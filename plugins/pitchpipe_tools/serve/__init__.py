"""pitchpipe serve"""
