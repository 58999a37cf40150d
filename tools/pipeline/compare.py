"""Compares file systems, entry by entry and attribute by attribute.

  compare.py WHAT WHAT [--except=PATH]...

WHAT is dir:DIRECTORY, tar:FILE (docker export's) or mtree:FILE (umoci's).
Of two descriptions that say unequally much, what both say is compared; a path
that only one has is a difference. PATH and all below it is left out; a PATH
that ends in "@mtime" leaves out only that path's time. Prints the differences.
"""

import hashlib
import os
import re
import stat
import sys
import tarfile

KINDS = {
    stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link",
    stat.S_IFCHR: "char", stat.S_IFBLK: "block", stat.S_IFIFO: "fifo",
}
TAR_KINDS = {
    tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "link", tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block",
    tarfile.FIFOTYPE: "fifo",
}
XATTR = "SCHILY.xattr."


def digest(data):
    return hashlib.sha256(data).hexdigest()


def of_directory(root):
    """Everything below it, on its own file system."""
    entries, inodes = {}, {}
    root = os.path.join(root, ".")  # it may be a link: /proc/PID/root
    device = os.lstat(root).st_dev

    def add(path):
        info = os.lstat(path)
        name = os.path.relpath(path, root)
        kind = KINDS[stat.S_IFMT(info.st_mode)]
        xattrs = {
            key: os.getxattr(path, key, follow_symlinks=False)
            for key in os.listxattr(path, follow_symlinks=False)
        }
        entry = dict(kind=kind, mode=stat.S_IMODE(info.st_mode),
                     uid=info.st_uid, gid=info.st_gid,
                     mtime=info.st_mtime_ns / 1e9, xattrs=xattrs)
        if kind == "file":
            with open(path, "rb") as stream:
                entry["content"] = digest(stream.read())
        if kind == "link":
            entry["link"] = os.readlink(path)
        if kind in ("char", "block"):
            entry["number"] = (os.major(info.st_rdev), os.minor(info.st_rdev))
        if kind != "dir":
            entry["nlink"] = info.st_nlink
            inodes.setdefault(info.st_ino, []).append(name)
        entries[name] = entry
        return info

    add(root)
    for parent, directories, files in os.walk(root):
        for name in directories + files:
            info = add(os.path.join(parent, name))
            if info.st_dev != device and name in directories:
                directories.remove(name)
    for names in inodes.values():
        for name in names:
            entries[name]["same"] = sorted(names)
    return entries


def of_tar(file):
    entries, same = {}, {}
    with tarfile.open(file) as archive:
        for member in archive:
            name = os.path.normpath(member.name)
            if member.islnk():
                first = os.path.normpath(member.linkname)
                same[first].append(name)
                entries[name] = dict(entries[first])
                continue
            kind = TAR_KINDS[member.type]
            entry = dict(kind=kind, mode=stat.S_IMODE(member.mode), uid=member.uid,
                         gid=member.gid, mtime=float(member.mtime))
            entry["xattrs"] = {
                key[len(XATTR):]: value.encode("utf-8", "surrogateescape")
                for key, value in member.pax_headers.items()
                if key.startswith(XATTR)
            }
            if kind == "file":
                entry["content"] = digest(archive.extractfile(member).read())
            if kind == "link":
                entry["link"] = member.linkname
            if kind in ("char", "block"):
                entry["number"] = (member.devmajor, member.devminor)
            entries[name] = entry
            same[name] = [name]
    for names in same.values():
        for name in names:
            if entries[name]["kind"] != "dir":
                entries[name]["same"] = sorted(names)
    return entries


def unescape(text):
    data = re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]),
                  text.encode("utf-8", "surrogateescape"))
    return os.fsdecode(data)


def of_mtree(file):
    """As go-mtree writes it: nested, with defaults that /set gives."""
    entries, defaults, parents = {}, {}, []
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "..":
                parents.pop()
                continue
            values = dict(word.split("=", 1) for word in words[1:])
            if words[0] == "/set":
                defaults = values
                continue
            values = {**defaults, **values}
            name = os.path.normpath("/".join(parents + [unescape(words[0])]))
            kind = values["type"]
            entry = dict(kind=kind, mode=int(values["mode"], 8),
                         uid=int(values["uid"]), gid=int(values["gid"]),
                         seconds=float(values["tar_time"]))
            if kind == "file":
                entry["content"] = values["sha256digest"]
            if kind == "link":
                entry["link"] = unescape(values["link"])
            if kind != "dir":
                entry["nlink"] = int(values["nlink"])
            entries[name] = entry
            if kind == "dir":
                parents.append(unescape(words[0]))
    return entries


def is_left_out(name, excepted):
    return any(name == path or name.startswith(path + "/")
               for path in excepted)


def times_differ(one, other):
    if "seconds" in one or "seconds" in other:  # umoci's are rounded
        return abs(one.get("seconds", one.get("mtime"))
                   - other.get("seconds", other.get("mtime"))) > 1
    return abs(one["mtime"] - other["mtime"]) > 1e-6


def differences(one, other, excepted):
    for name in sorted(one.keys() | other.keys()):
        if is_left_out(name, excepted):
            continue
        if name not in one or name not in other:
            yield f"{name!r}: only in {'first' if name in one else 'second'}"
            continue
        left, right = one[name], other[name]
        keys = (left.keys() & right.keys()) - {"mtime", "seconds"}
        for key in sorted(keys):
            if left[key] != right[key]:
                yield f"{name!r}: {key} {left[key]!r}, {right[key]!r}"
        if name + "@mtime" not in excepted and times_differ(left, right):
            yield f"{name!r}: time {left}, {right}"


def main():
    readers = {"dir": of_directory, "tar": of_tar, "mtree": of_mtree}
    whats = [a for a in sys.argv[1:] if not a.startswith("--")]
    excepted = [a.split("=", 1)[1] for a in sys.argv[1:] if a.startswith("--")]
    one, other = (readers[what.split(":", 1)[0]](what.split(":", 1)[1])
                  for what in whats)
    if len(one) < 50 or len(other) < 50:
        sys.exit("one of them has hardly any entries")
    found = list(differences(one, other, excepted))
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
