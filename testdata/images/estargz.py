"""Makes an eStargz layer of the tar on standard input.

estargz.py <layer.tar >layer.tar.gz

A gzip member for each file's bytes and what precedes them, one for the table
of contents, the entry stargz.index.json, and a footer that tells where that
begins (containerd/stargz-snapshotter, docs/estargz.md).
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile

BLOCK = 512
TYPES = {tarfile.DIRTYPE: 'dir', tarfile.SYMTYPE: 'symlink',
         tarfile.LNKTYPE: 'hardlink', tarfile.CHRTYPE: 'char',
         tarfile.BLKTYPE: 'block', tarfile.FIFOTYPE: 'fifo'}


def member(data):
    return gzip.compress(data, mtime=0)


def padded(size):
    return (size + BLOCK - 1) // BLOCK * BLOCK


def main():
    data = sys.stdin.buffer.read()
    out = io.BytesIO()
    entries = []
    start = end = 0
    for info in tarfile.open(fileobj=io.BytesIO(data)):
        entry = {'name': info.name, 'type': TYPES.get(info.type, 'reg'),
                 'mode': info.mode, 'uid': info.uid, 'gid': info.gid}
        end = info.offset_data
        if info.isreg() and info.size > 0:
            out.write(member(data[start:end]))
            start, end = end, end + padded(info.size)
            payload = data[start:start + info.size]
            digest = 'sha256:' + hashlib.sha256(payload).hexdigest()
            entry.update(size=info.size, offset=out.tell(), digest=digest)
            out.write(member(data[start:end]))
            start = end
        entries.append(entry)
    if start < end:
        out.write(member(data[start:end]))
    contents = json.dumps({'version': 1, 'entries': entries}).encode()
    info = tarfile.TarInfo('stargz.index.json')
    info.size = len(contents)
    offset = out.tell()
    out.write(member(info.tobuf() + contents.ljust(padded(info.size), b'\0') +
                     bytes(2 * BLOCK)))
    extra = b'SG' + (22).to_bytes(2, 'little') + b'%016xSTARGZ' % offset
    out.write(b'\x1f\x8b\x08\x04' + bytes(5) + b'\xff' +
              len(extra).to_bytes(2, 'little') + extra +
              b'\x01\0\0\xff\xff' + bytes(8))
    sys.stdout.buffer.write(out.getvalue())


main()
