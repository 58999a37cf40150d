"""Writes archives that are odd, each in one way, into a directory.

odd_archives.py DIRECTORY
"""

import io
import os
import sys
import tarfile

FILE, DIR, SYM, HARD = (tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE,
                        tarfile.LNKTYPE)
TIME = 1500000000.123456789


class Archive:
    def __init__(self, name, form=tarfile.PAX_FORMAT):
        self.tar = tarfile.open(os.path.join(sys.argv[1], name + '.tar'), 'w',
                                format=form, encoding='utf-8',
                                errors='surrogateescape')

    def add(self, name, data=b'', kind=FILE, link='', mode=0o644, pax=None,
            **more):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mode = kind, link, mode
        info.mtime, info.size = TIME, len(data)
        info.pax_headers = dict(pax or {})
        for key, value in more.items():
            setattr(info, key, value)
        self.tar.addfile(info, io.BytesIO(data))
        return self


def capability(bits):
    """struct vfs_cap_data of version 2, effective."""
    return (b'\x01\0\0\x02' + bits.to_bytes(4, 'little') + bytes(12)).decode(
        'latin-1')


Archive('prefixes').add('./', kind=DIR, mode=0o755).add(
    './a/', kind=DIR, mode=0o750).add('./a/b', b'1').add(
    '/c', b'absolute').add('d//e/./f', b'doubled')
Archive('implied').add('no/entry/for/these', b'x')
Archive('times').add('dir', kind=DIR, mode=0o755, mtime=1).add(
    'dir/later', b'x').add('dir/sub', kind=DIR, mtime=2.5, mode=0o700).add(
    'dir/sub/latest', b'x', mtime=4102444800.5).add('before-1970', mtime=-1.5)
Archive('modes').add('setuid', b'x', mode=0o4755).add(
    'setgid', b'x', mode=0o2755, uid=5, gid=6).add(
    'sticky', kind=DIR, mode=0o1777).add('none', b'x', mode=0).add(
    'no-entry', kind=DIR, mode=0o444).add('no-entry/file', b'x')
Archive('owners').add('ids', b'x', uid=3000000, gid=4000000).add(
    'link', kind=SYM, link='ids', uid=7, gid=8, mode=0o777).add(
    'dir', kind=DIR, uid=9, gid=10, mode=0o755)
Archive('hard').add('z', b'first').add('a', kind=HARD, link='z').add(
    'd', kind=DIR, mode=0o755).add('d/m', kind=HARD, link='a').add(
    'soft', kind=SYM, link='z', mode=0o777).add(
    'soft-too', kind=HARD, link='soft')
Archive('replaced').add('file', b'1').add('file', b'second').add(
    'becomes-dir', b'1').add('becomes-dir', kind=DIR, mode=0o755).add(
    'becomes-dir/in', b'x').add('becomes-link', b'1').add(
    'becomes-link', kind=SYM, link='file', mode=0o777).add(
    'link', kind=SYM, link='file', mode=0o777).add('link', b'a file').add(
    'twice', kind=DIR, mode=0o700).add('twice/stays', b'x').add(
    'twice', kind=DIR, mode=0o755, mtime=5)
Archive('names').add('n' * 250, b'x').add('d/' * 120 + 'f', b'x').add(
    'new\nline', b'x').add('\u6df1\u5165', b'x').add(
    'bytes-\udcff\udcfe', b'x').add(' space ', b'x').add('-dash', b'x').add(
    'back\\slash', b'x').add('link', kind=SYM, link='t/' * 150, mode=0o777)
Archive('gnu', tarfile.GNU_FORMAT).add('n' * 250, b'x').add(
    'bytes-\udcff', b'x').add('link', kind=SYM, link='t/' * 150, mode=0o777).add(
    'ids', b'x', uid=3000000, mtime=1500000000)
Archive('devices').add('null', kind=tarfile.CHRTYPE, devmajor=1, devminor=3,
                       mode=0o666).add(
    'loop', kind=tarfile.BLKTYPE, devmajor=7, devminor=300, uid=1).add(
    'fifo', kind=tarfile.FIFOTYPE, mode=0o600).add(
    'fifo-too', kind=HARD, link='fifo')
Archive('xattrs').add('file', b'x', pax={
    'SCHILY.xattr.user.colour': 'blue', 'SCHILY.xattr.user.empty': '',
    'SCHILY.xattr.user.long': 'v' * 3000}).add('dir', kind=DIR, mode=0o755, pax={
        'SCHILY.xattr.user.of.dir': 'yes'}).add('ping', b'x', mode=0o755, pax={
            'SCHILY.xattr.security.capability': capability(1 << 13)}).add(
    'ping-user', b'x', mode=0o755, uid=1000, pax={
        'SCHILY.xattr.security.capability': capability(1 << 10)})
Archive('sizes').add('empty').add('block', b'b' * 512).add(
    'more', b'm' * 513).add('zeros', bytes(1 << 20)).add(
    'large', bytes(range(256)) * 4000)
Archive('whiteouts').add('dir', kind=DIR, mode=0o755).add('dir/.wh.gone').add(
    'opaque', kind=DIR, mode=0o711).add('opaque/.wh..wh..opq').add(
    'opaque/new', b'x').add('.wh.top')
