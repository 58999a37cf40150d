# Files between containers and the host, and containers that try to make more
# of it.

load pipeline.bash

setup_file() { prepare_file; }

setup() { prepare; }

teardown() {
  container-list --quiet | xargs -r unwind --grace=0
  finish
}

# service [SCRIPT]: the running container web, root inside; it has done SCRIPT.
service() {
  root --name=web | rootfs-run --detach --output=web.json --user=0 -- \
    /bin/sh -c "${1:-:}; echo READY; exec sleep 1000"
  until_true has_said READY
}

has_said() {
  container-logs web 2>/dev/null | grep -q "$1"
}

inside() {
  container-exec --id=web --user=0 -- "$@"
}

@test "a file goes in and comes back the same, with the names of docker cp" {
  service
  printf 'some\0bytes\n' >file
  chmod 640 file
  chown 1234:1234 file
  # To a name, into a directory, over a file.
  container-copy file web:/tmp/new
  container-copy file web:/tmp
  container-copy file web:/tmp/
  container-copy ./file web:/tmp/new
  [ "$(inside stat -c '%a %u %g %s' /tmp/new /tmp/file)" = '640 0 0 11
640 0 0 11' ]
  container-copy web:/tmp/new back
  mkdir into
  container-copy web:/tmp/file into
  cmp file back
  cmp file into/file
  [ "$(stat -c '%a %u %g' back)" = '640 0 0' ]
  [ "$(stat -c %Y back)" = "$(stat -c %Y file)" ]
  # With their owners.
  container-copy --archive file web:/tmp/owned
  [ "$(inside stat -c '%u %g' /tmp/owned)" = '1234 1234' ]
  container-copy -a web:/tmp/owned owned
  [ "$(stat -c '%u %g' owned)" = '1234 1234' ]
}

@test "a tree is made anew, goes into a directory, or only its contents do" {
  service
  mkdir -p site/sub
  echo one >site/a
  echo two >site/sub/b
  ln site/a site/hard
  ln -s a site/link
  mkfifo site/fifo
  chmod 750 site/sub
  container-copy site web:/srv-new
  [ "$(inside cat /srv-new/a /srv-new/sub/b /srv-new/link)" = $'one\ntwo\none' ]
  container-copy site web:/srv-new
  [ "$(inside cat /srv-new/site/sub/b)" = two ]
  inside mkdir /contents
  container-copy site/. web:/contents
  [ "$(inside ls -A /contents)" = "$(ls -A site)" ]
  [ "$(inside stat -c '%h %F' /contents/hard /contents/fifo)" = '2 regular file
1 fifo' ]
  container-copy web:/contents/. there
  container-copy web:/contents/ here
  diff -r --no-dereference -x fifo site there
  diff -r --no-dereference -x fifo site here
  [ "$(stat -c '%a' there/sub)" = 750 ]
  [ "$(stat -c %i there/a)" = "$(stat -c %i there/hard)" ]
  [ "$(stat -c %Y there/sub)" = "$(stat -c %Y site/sub)" ]
}

@test "what docker cp refuses is refused, and named" {
  service
  echo x >file
  mkdir dir
  job "container-copy file web:/no/such/place"
  expect 1 'container-copy: ' /no/such
  job "container-copy file web:/nothere/"
  expect 1 'nothere: there is no such directory'
  job "container-copy dir web:/etc/passwd"
  expect 1 'etc/passwd: a directory is not copied to what is none'
  job "container-copy web:/none ."
  expect 1 '/none: there is no such file or directory'
  job "container-copy web:/etc/passwd/ ."
  expect 1 'etc/passwd: it is not a directory'
  inside mkdir /tmp/file
  mkdir sub
  cp file sub
  job "container-copy sub/. web:/tmp"
  expect 1 'a directory is there'
  job "container-copy file dir"
  expect 1 'neither operand'
  job "container-copy web:/a web:/b"
  expect 1 'between two containers'
  job "container-copy web: ."
  expect 1 "'web:'"
  job "container-copy none:/a ."
  expect 1 none
  job "container-copy web:/a"
  expect 2 'SRC DEST is missing'
}

@test "an archive goes through '-' either way, compressed ones as well" {
  service
  container-copy web:/etc - >etc.tar
  tar -tf etc.tar | grep -qx etc/passwd
  tar -tf etc.tar | head -n 1 | grep -qx etc/
  container-copy web:/etc/. - | tar -t | grep -qx passwd
  [ "$(container-copy web:/etc/passwd - | tar -xO)" = "$(inside cat /etc/passwd)" ]
  mkdir src
  echo in >src/file
  chown 77:78 src/file
  inside mkdir /dest
  tar -C src -c . | container-copy - web:/dest
  [ "$(inside stat -c '%u %g' /dest/file)" = '77 78' ]
  tar -C src -cz --transform='s/file/zipped/' . | container-copy - web:/dest
  [ "$(inside cat /dest/zipped)" = in ]
  # Without its directory entries, too.
  tar -C src -c --transform='s,file,deep/er/file,' file |
    container-copy - web:/dest
  [ "$(inside cat /dest/deep/er/file)" = in ]
  job "tar -C src -c . | container-copy - web:/none"
  expect 1 none
  job "echo garbage | container-copy - web:/dest"
  [ "$status" = 1 ]
}

@test "links at the end of a path are followed as docker cp follows them" {
  service 'echo real >/tmp/real; ln -s real /tmp/link; mkdir /tmp/d
    echo x >/tmp/d/x; ln -s /tmp/d /tmp/dlink'
  container-copy web:/tmp/link .
  [ "$(readlink link)" = real ]
  container-copy --follow-link web:/tmp/link followed
  [ "$(cat followed)" = real ]
  container-copy web:/tmp/dlink/. contents
  [ "$(cat contents/x)" = x ]
  # A link at the target stands for what it leads to, in the container.
  echo new >new
  container-copy new web:/tmp/link
  [ "$(inside stat -c %F /tmp/link)" = 'symbolic link' ]
  [ "$(inside cat /tmp/real)" = new ]
  container-copy new web:/tmp/dlink
  [ "$(inside cat /tmp/d/new)" = new ]
}

@test "a container that is stopped and kept is copied from and to, unmounted" {
  service 'echo kept >/kept'
  container-stop web
  [ "$(container-copy web:/kept - | tar -xO)" = kept ]
  echo extra >extra
  container-copy extra web:/extra
  container-copy web:/extra back
  cmp extra back
  if grep "$WORK/store" /proc/self/mountinfo; then false; fi
}

@test "no link of the container leads a copy out of it" {
  echo secret >"$WORK/secret"
  echo untouched >"$WORK/target"
  service "ln -s $WORK/secret /abs; ln -s ../../../../../$WORK/secret /rel
    ln -s $WORK /dir; ln -s /proc/1/root /magic; ln -s $WORK/target /tmp/over"
  for path in /abs /rel /dir/secret /dir/. /magic$WORK/secret; do
    job "container-copy --follow-link web:$path stolen"
    [ "$status" = 1 ]
    [ ! -e stolen ]
  done
  echo evil >evil
  for path in /tmp/over /dir/target /dir /dir/ "/magic$WORK/target"; do
    job "container-copy evil web:$path"
    [ "$(cat "$WORK/target")" = untouched ]
    [ ! -e "$WORK/evil.copied" ]
  done
  # Where the link leads to in the container there may be something now; on
  # the host there is nothing new.
  [ "$(cat "$WORK/secret")" = secret ]
}

@test "a link that appears during the copy leads nowhere either" {
  # CVE-2018-15664: a directory and a link to the host's take turns.
  mkdir "$WORK/host"
  echo untouched >"$WORK/host/file"
  service "mkdir -p /swap/real; echo mine >/swap/real/file
    cp -r /swap/real /swap/dir; ln -s $WORK/host /swap/link
    (while :; do mv -T /swap/dir /swap/away; mv -T /swap/link /swap/dir
      mv -T /swap/dir /swap/link; mv -T /swap/away /swap/dir; done) 2>/dev/null & true"
  echo evil >file
  for _ in {1..100}; do
    container-copy file web:/swap/dir/file 2>/dev/null || true
    rm -rf out
    container-copy web:/swap/dir/. out 2>/dev/null || true
    [ ! -e out/file ] || [ "$(cat out/file)" != untouched ]
  done
  [ "$(cat "$WORK/host/file")" = untouched ]
  [ "$(ls "$WORK/host")" = file ]
}

@test "an archive cannot leave the directory that it is unpacked in" {
  service 'mkdir -p /dest/in; ln -s /etc /dest/in/link; ln -s ../etc /dest/up'
  python3 - <<'END'
import io, tarfile
def archive(path, *entries):
    with tarfile.open(path, "w") as tar:
        for name, link, type in entries:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = type, link
            data = b"evil\n" if type == tarfile.REGTYPE else b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
F, S, H = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
archive("dots.tar", ("../evil", "", F))
archive("through.tar", ("in/link/evil", "", F))
archive("up.tar", ("up/evil", "", F))
archive("made.tar", ("new", "/etc", S), ("new/evil", "", F))
archive("hard.tar", ("passwd", "../etc/passwd", H))
END
  for archive in dots through up made hard; do
    job "container-copy - web:/dest <$archive.tar"
    [ "$status" = 1 ]
  done
  if inside ls /etc/evil /evil 2>/dev/null; then false; fi
}

@test "nothing that gives rights on the host comes out unasked" {
  service 'cp /bin/sh /suid; chmod 6755 /suid; mkdir /devices
    mknod /devices/null c 1 3'
  container-copy web:/suid suid
  [ "$(stat -c %a suid)" = 755 ]
  job "container-copy web:/devices ."
  expect 1 'devices/null' '--archive'
  container-copy --archive web:/suid kept
  [ "$(stat -c %a kept)" = 6755 ]
  container-copy --archive web:/devices kept-devices
  [ "$(stat -c '%t %T' kept-devices/null)" = '1 3' ]
}

@test "the kernel's own files are neither read nor written" {
  service 'ln -s /proc/sys/kernel /kernel; ln -s /sys/fs /sysfs'
  echo evil >hostname
  before=$(cat /proc/sys/kernel/hostname)
  job "container-copy hostname web:/kernel"
  expect 1 "kernel's own files"
  job "container-copy hostname web:/proc/sys/kernel/hostname"
  expect 1 ": /proc/sys/kernel/hostname: it is one of the kernel's own files"
  job "container-copy web:/proc/self/status ."
  [ "$status" = 1 ]
  job "container-copy web:/proc ."
  expect 1 ": proc: it is one of the kernel's own files"
  [ "$(cat /proc/sys/kernel/hostname)" = "$before" ]
  # A whole root is copied without them.
  container-copy --archive web:/ whole
  [ -e whole/etc/passwd ]
  [ -z "$(ls -A whole/proc)$(ls -A whole/sys)" ]
}

@test "a FIFO or a device is not waited for, and never overwritten" {
  service 'mkfifo /fifo; mknod /null c 1 3; ln -s /fifo /tofifo'
  container-copy web:/fifo .
  [ -p fifo ]
  container-copy --archive web:/null .
  [ -c null ]
  echo x >x
  inside sh -c 'echo kept >/kept'
  for path in /fifo /tofifo /null /dev/null; do
    job "container-copy x web:$path"
    expect 1 "$path: a device, a FIFO, a socket or a descriptor is not overwritten"
  done
  [ "$(inside stat -c %F /fifo /null /dev/null)" = 'fifo
character special file
character special file' ]
  # Of the host's all the less.
  ln -s null tonull
  for path in fifo null tonull; do
    job "container-copy web:/kept $path"
    expect 1 "$path: a device, a FIFO, a socket or a descriptor is not overwritten"
  done
  [ -p fifo ]
  [ -c null ]
  # Nor by its name in a directory, alone or with a tree.
  mkdir nodes
  mv fifo nodes/kept
  inside mkdir /tree
  inside cp /kept /tree/kept
  inside mkdir /links
  inside ln -s x /links/kept
  for source in /kept /tree/. /links/.; do
    job "container-copy web:$source nodes"
    expect 1 'a device, a FIFO or a socket is there, which is not overwritten'
    [ -p nodes/kept ]
  done
  # What the name of a descriptor leads to has more in it than comes now.
  ln -s /proc/self/fd/5 five
  echo more >text
  job "container-copy web:/kept five 5>>text"
  expect 1 "five: a device, a FIFO, a socket or a descriptor is not overwritten"
  [ "$(cat text)" = more ]
}
