"""Runs a program as on a kernel without time namespaces.

    without_time.py PROGRAM ARG...

unshare(2) and setns(2) refuse CLONE_NEWTIME with EINVAL, as they do where the
kind was not compiled in, and /proc/self/ns has no file of it.
"""

import ctypes
import os
import struct
import sys

CLONE_NEWTIME = 0x80
CLONE_NEWNS = 0x20000
MS_REC_PRIVATE = 0x4000 | 0x40000
# linux/seccomp.h, linux/filter.h, asm/unistd_64.h
LOAD, JUMP_IF_EQUAL, JUMP_IF_SET, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, FAIL_WITH_EINVAL = 0x7fff0000, 0x00050000 | 22
NUMBER, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 16, 24
UNSHARE, SETNS = 272, 308
FILTER = [
    (LOAD, 0, 0, NUMBER),
    (JUMP_IF_EQUAL, 2, 0, UNSHARE),
    (JUMP_IF_EQUAL, 3, 0, SETNS),
    (RETURN, 0, 0, ALLOW),
    (LOAD, 0, 0, FIRST_ARGUMENT),
    (JUMP_IF_SET, 2, 3, CLONE_NEWTIME),
    (LOAD, 0, 0, SECOND_ARGUMENT),
    (JUMP_IF_SET, 0, 1, CLONE_NEWTIME),
    (RETURN, 0, 0, FAIL_WITH_EINVAL),
    (RETURN, 0, 0, ALLOW),
]
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def hide_time():
    check(libc.unshare(CLONE_NEWNS))
    check(libc.mount(b"none", b"/", None, ctypes.c_ulong(MS_REC_PRIVATE), None))
    kinds = [name for name in os.listdir("/proc/self/ns") if "time" not in name]
    check(libc.mount(b"none", b"/proc", b"tmpfs", ctypes.c_ulong(0), None))
    os.makedirs("/proc/self/ns")
    for kind in kinds:
        open("/proc/self/ns/" + kind, "w").close()


def refuse_time():
    PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
    lines = b"".join(struct.pack("HBBI", *line) for line in FILTER)
    code = ctypes.create_string_buffer(lines)
    program = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(FILTER), ctypes.addressof(code)))
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    check(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
                     ctypes.c_void_p(ctypes.addressof(program)), 0, 0))


hide_time()
refuse_time()
os.execvp(sys.argv[1], sys.argv[1:])
