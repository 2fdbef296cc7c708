"""A real terminal with the real program in it, and a model that was tuned for it."""

import fcntl
import os
import re
import struct
import termios
from pathlib import Path

from pexpect.fdpexpect import fdspawn

# The terminal becomes the one that controls the process, as that of a shell does.
BEFORE = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
os.setsid()
terminal = os.open({name!r}, os.O_RDWR)
for file in (0, 1, 2): os.dup2(terminal, file)
os.environ |= {{"TERM": "xterm-256color", "LANG": "C.UTF-8"}}
os.environ.pop("COLUMNS", None)
"""
# A model that takes its time, as large ones do: there is time to press a key.
SLOW = """
import time
from pitchpipe_stages.generate import speaking
quick = speaking._Listener.put
speaking._Listener.put = lambda self, tokens: (time.sleep(0.03), quick(self, tokens))[1]
"""
COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PROMPT = r"\x1b\[\?2004h> "  # readline asks for pastes to be marked


class Terminal:
    """`pitchpipe` in a terminal of its own."""

    def __init__(self, forked, folder: Path, *arguments: str, slow: bool = False):
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))
        before = BEFORE.format(name=os.ttyname(slave)) + SLOW * slow
        self.child = forked.start(folder, *arguments, before=before)
        self.screen = fdspawn(self.master, encoding="utf-8", timeout=40)
        self.slave = slave

    def until(self, pattern: str) -> str:
        """What is shown until a pattern is, without colours."""
        self.screen.expect(pattern)
        return COLOURS.sub("", self.screen.before).replace("\r", "")

    def prompt(self) -> str:
        """What is shown until the person is asked."""
        return self.until(PROMPT)

    def say(self, line: str) -> str:
        """Types a line; what is shown until the next prompt, without the line."""
        self.screen.send(line + "\r")
        return self.prompt().removeprefix(line).strip("\n")

    def press(self, keys: str) -> None:
        self.screen.send(keys)

    def end(self) -> int:
        """Ctrl-D; the exit code."""
        self.press("\x04")
        return self.left()

    def left(self) -> int:
        """The exit code of a program that ends."""
        code = self.child.wait()
        os.close(self.slave)
        os.close(self.master)
        return code
