"""The log of a server that nobody reads any more."""

import os
import signal

from pitchpipe_tools.serve.served import said


def test_a_reader_that_goes_away_ends_no_server():
    reads, writes = os.pipe()
    said("one 日", writes)
    assert os.read(reads, 99).decode() == "one 日\n"
    os.close(reads)
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN  # as Python has it
    said("two", writes)
    os.close(writes)
    said("three", writes)
