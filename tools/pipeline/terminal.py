"""Sits at a terminal: runs a command on a pty, types, and tells what came.

    terminal.py [--size=ROWSxCOLS] STEP... -- COMMAND...

Steps, in order:
  expect:TEXT   waits until TEXT has come on the screen
  type:TEXT     types it (\\r, \\x03 as in Python)
  size:RxC      changes the window's size
  signal:NAME   sends it to the command
  stop:NAME     sends it, and waits until the command has stopped
  raw:, sane:   checks the modes of the terminal
  mode:sane     sets them, as a shell does before its prompt
  end:          waits for the command's end, which comes by itself otherwise

Prints what came on the screen, and then "status N" (128+N: of signal N). The
modes of the terminal must be after the end what they were before.
"""

import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time

LIMIT = 120  # seconds, for a test that fails only


class Terminal:

  def __init__(self, command, size):
    self.master, self.slave = os.openpty()
    self.set_size(size)
    self.modes = termios.tcgetattr(self.slave)
    self.screen = b""
    self.seen = 0
    self.ended = None
    self.pid = os.fork()
    if self.pid == 0:
      self.run(command)

  def run(self, command):
    os.setsid()
    fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
      os.dup2(self.slave, fd)
    os.closerange(3, 64)
    os.execvp(command[0], command)

  def set_size(self, size):
    rows, columns = map(int, size.split("x"))
    packed = struct.pack("HHHH", rows, columns, 0, 0)
    fcntl.ioctl(self.master, termios.TIOCSWINSZ, packed)

  def is_raw(self):
    flags = termios.tcgetattr(self.slave)[3]
    return not flags & (termios.ICANON | termios.ECHO | termios.ISIG)

  def read(self, wait):
    if not select.select([self.master], [], [], wait)[0]:
      return False
    self.screen += os.read(self.master, 65536)
    return True

  def poll(self, options):
    pid, status = os.waitpid(self.pid, os.WNOHANG | options)
    return (pid, status)

  def until(self, what, condition):
    begin = time.monotonic()
    while not condition():
      self.read(0.02)
      if time.monotonic() - begin > LIMIT:
        self.fail("in vain: " + what)

  def fail(self, why):
    os.kill(self.pid, signal.SIGKILL)
    sys.stdout.write(self.screen.decode(errors="replace"))
    sys.exit("terminal.py: " + why)

  def has_come(self, text):
    at = self.screen.find(text, self.seen)
    if at >= 0:
      self.seen = at + len(text)
    return at >= 0

  def has_stopped(self):
    pid, status = self.poll(os.WUNTRACED)
    return pid != 0 and os.WIFSTOPPED(status)

  def has_ended(self):
    pid, status = self.poll(0)
    if pid != 0:
      self.ended = status
    return self.ended is not None

  def step(self, kind, text):
    if kind == "expect":
      self.until(text, lambda: self.has_come(text.encode()))
    elif kind == "type":
      keys = text.encode().decode("unicode_escape").encode()
      os.write(self.master, keys)
    elif kind == "size":
      self.set_size(text)
    elif kind == "signal":
      os.kill(self.pid, getattr(signal, "SIG" + text))
    elif kind == "stop":
      os.kill(self.pid, getattr(signal, "SIG" + text))
      self.until("stop", self.has_stopped)
    elif kind in ("raw", "sane"):
      self.until(kind, lambda: self.is_raw() == (kind == "raw"))
    elif kind == "mode":
      termios.tcsetattr(self.slave, termios.TCSANOW, self.modes)
    elif kind == "end":
      self.until("end", self.has_ended)
    else:
      self.fail("no such step: " + kind)

  def finish(self):
    if self.ended is None:
      self.until("end", self.has_ended)
    while self.read(0):
      pass
    sys.stdout.write(self.screen.decode(errors="replace").replace("\r", ""))
    print("status", exit_status(self.ended))
    if termios.tcgetattr(self.slave) != self.modes:
      sys.exit("terminal.py: the modes of the terminal are not restored")


def exit_status(status):
  if os.WIFSIGNALED(status):
    return 128 + os.WTERMSIG(status)
  return os.WEXITSTATUS(status)


def main(arguments):
  size = "24x80"
  if arguments and arguments[0].startswith("--size="):
    size = arguments.pop(0).split("=")[1]
  split = arguments.index("--")
  terminal = Terminal(arguments[split + 1:], size)
  for step in arguments[:split]:
    terminal.step(*step.split(":", 1))
  terminal.finish()


main(sys.argv[1:])
