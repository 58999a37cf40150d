"""System calls of namespaces(7) that python3 lacks; each raises OSError.

    python3 -c 'from kernel import *; ...'
"""

import ctypes
import errno
import os
import signal
import socket
import sys
import threading
import time

_libc = ctypes.CDLL(None, use_errno=True)

NEWTIME = 0x80
NEWNS = 0x20000
NEWCGROUP = 0x2000000
NEWUTS = 0x4000000
NEWIPC = 0x8000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000


def _checked(result):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def unshare(flags):
    _checked(_libc.unshare(flags))


def setns(path, kind=0):
    """Joins the namespace of a file, or of an open descriptor."""
    fd = path if isinstance(path, int) else os.open(path, os.O_RDONLY)
    _checked(_libc.setns(fd, kind))


def mount(source, target, kind, flags):
    _checked(_libc.mount(source.encode(), target.encode(), kind.encode(),
                         ctypes.c_ulong(flags), None))


def umount(target):
    _checked(_libc.umount2(target.encode(), 0))


def become_nobody():
    """Drops all privilege, but not the right to its own files of /proc."""
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    PR_SET_DUMPABLE = 4
    _checked(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))


def new_user_namespace(uid, gid):
    """Enters a new one, where the user becomes root."""
    unshare(NEWUSER)
    for file, text in (("setgroups", "deny"), ("uid_map", "0 %d 1" % uid),
                       ("gid_map", "0 %d 1" % gid)):
        with open("/proc/self/" + file, "w") as f:
            f.write(text)


def syscall(*arguments):
    values = [a if isinstance(a, bytes) else ctypes.c_long(a)
              for a in arguments]
    return _checked(_libc.syscall(*values))


def error_of(function, *arguments):
    """The name of the errno that the call fails with, or "none"."""
    try:
        function(*arguments)
    except OSError as e:
        return errno.errorcode[e.errno]
    return "none"


def forked(function, *arguments):
    """What the function returns in a child, as text."""
    ends = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = str(function(*arguments))
        except BaseException as e:  # told to the parent
            text = repr(e)
        os.write(ends[1], text.encode())
        os._exit(0)
    os.close(ends[1])
    with os.fdopen(ends[0]) as reader:
        text = reader.read()
    os.waitpid(child, 0)
    return text


def waiting_child(setup):
    """The pid of a child that has run `setup` and waits for the end of this."""
    ready, end = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(end[1])
            setup()
            os.write(ready[1], b"x")
            os.close(ready[1])
            os.read(end[0], 1)
        finally:
            os._exit(1)
    os.close(ready[1])
    if os.read(ready[0], 1) != b"x":
        raise RuntimeError("the child failed")
    return child


def write_file(path, text, at=0):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(fd, text, at) if at else os.write(fd, text)
    finally:
        os.close(fd)


def ns(kind, process="self"):
    """The inode number of a process's namespace."""
    return os.stat("/proc/%s/ns/%s" % (process, kind)).st_ino
