"""Prints a tree, every attribute of every entry, a line each.

picture.py DIRECTORY

PATH<tab>ATTRIBUTE=VALUE, sorted: type, mode, owner, mtime in nanoseconds, size
and SHA-256 of files, where links lead, devices' numbers, extended attributes,
and for a file of several names the first of them. The top has the path ".".
"""

import hashlib
import os
import stat
import sys

TYPES = {stat.S_IFREG: 'file', stat.S_IFDIR: 'dir', stat.S_IFLNK: 'link',
         stat.S_IFCHR: 'char', stat.S_IFBLK: 'block', stat.S_IFIFO: 'fifo',
         stat.S_IFSOCK: 'socket'}


def sha256(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def attributes(path, info):
    kind = TYPES[stat.S_IFMT(info.st_mode)]
    yield 'type', kind
    yield 'owner', f'{info.st_uid}:{info.st_gid}'
    yield 'mtime', info.st_mtime_ns
    if kind == 'link':
        yield 'target', repr(os.readlink(path))
    else:
        yield 'mode', oct(stat.S_IMODE(info.st_mode))
    if kind == 'file':
        yield 'size', info.st_size
        yield 'sha256', sha256(path)
    if kind in ('char', 'block'):
        yield 'rdev', f'{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}'
    for name in os.listxattr(path, follow_symlinks=False):
        yield name, repr(os.getxattr(path, name, follow_symlinks=False))


def walk(top):
    yield top
    for directory, directories, files in os.walk(top):
        for name in directories + files:
            yield os.path.join(directory, name)


def main():
    top = os.fsencode(sys.argv[1])
    first = {}
    for path in sorted(walk(top)):
        name = repr(os.path.relpath(path, top))[2:-1]
        info = os.lstat(path)
        for key, value in sorted(attributes(path, info)):
            print(f'{name}\t{key}={value}')
        if info.st_nlink > 1 and not stat.S_ISDIR(info.st_mode):
            print(f'{name}\tfirst={first.setdefault(info.st_ino, name)}')


main()
