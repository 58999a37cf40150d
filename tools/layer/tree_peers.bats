# Trees that layer-unpack makes against those of GNU tar, bsdtar, umoci, docker
# and podman, every attribute, over a root file system and odd archives. Where a
# peer differs, the lines that do are left out on both sides, with the reason.
# shellcheck disable=SC2030,SC2031

load ../pipeline/docker.bash

setup_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  export ARCHIVES=$BATS_FILE_TMPDIR/archives
  mkdir "$ARCHIVES" "$BATS_FILE_TMPDIR/saved"
  python3 "$PWD/tools/layer/odd_archives.py" "$ARCHIVES"
  cp "$PWD"/lib/tar/testdata/*.tar "$ARCHIVES"
  tar -C "$BATS_FILE_TMPDIR/saved" -xf "$PWD/testdata/images/docker-save.tar"
  local layer
  for layer in "$BATS_FILE_TMPDIR"/saved/*/layer.tar; do
    cp "$layer" "$ARCHIVES/docker-$(basename "$(dirname "$layer")" | cut -c1-6).tar"
  done
  debian_root "$BATS_FILE_TMPDIR/root"
  tar --format=posix --xattrs --xattrs-include='*' --numeric-owner \
    -C "$BATS_FILE_TMPDIR/root" -cf "$ARCHIVES/root.tar" .
  start_docker
}

teardown_file() { stop_docker; }

setup() {
  PATH=$PWD/tools/layer:$PATH
  TOP=$PWD
  # Where all can keep what there is to keep.
  WORK=$(mktemp -d /var/tmp/tree_peers.XXXXXX)
  cd "$WORK"
}

teardown() {
  [ -z "${WORK:-}" ] || rm -rf "$WORK"
}

# debian_root DIRECTORY: what is setuid or has several names of this machine's
# programs, its settings, a part of its libraries; and a program that may more.
debian_root() {
  mkdir -p "$1/usr"
  (cd / && {
    find etc usr/lib/x86_64-linux-gnu/security usr/lib/terminfo usr/share/perl5 \
      usr/lib/apt -print0 2>/dev/null
    find usr/bin usr/sbin -size -200k \( -links +1 -o -perm /6000 -o -type l \) \
      -print0
  } | tar --null --no-recursion --files-from=- -c) | tar -C "$1" -xp
  cp /bin/ls "$1/usr/bin/ping"
  python3 - "$1/usr/bin/ping" <<'END'
import os, sys
os.setxattr(sys.argv[1], 'security.capability',
            bytes([1, 0, 0, 2, 0, 32] + [0] * 14))
os.setxattr(sys.argv[1], 'user.origin', b'elsewhere')
END
}

picture() {
  python3 "$TOP/tools/layer/picture.py" "$1" | grep -avE "$DIFFERENT" |
    LC_ALL=C sort
}

# Nothing says when a directory was made that no entry describes, the top one
# as a rule; what such ones are else is compared.
undescribed() {
  python3 - "$1" <<'END'
import os, re, sys, tarfile
described, implied = set(), {'.'}
for info in tarfile.open(sys.argv[1], errors='surrogateescape'):
    path = os.path.normpath(info.name.lstrip('/'))
    described.add(path)
    while '/' in path:
        path = os.path.dirname(path)
        implied.add(path)
for path in implied - described:
    print('|^' + re.escape(path) + '\tmtime=', end='')
END
}

# same_as PEER FORM: with what the function unpack_PEER makes of each archive;
# PEER_differs ARCHIVE prints expressions of lines that are known to differ, or
# fails where the peer cannot read it.
same_as() {
  local archive name failed=0
  for archive in "$ARCHIVES"/*.tar; do
    name=$(basename "$archive" .tar)
    known=$("$1_differs" "$name") || continue
    DIFFERENT="^\$$(undescribed "$archive")$known"
    rm -rf ours theirs
    layer-unpack --form="$2" --dir=ours "$archive"
    "unpack_$1" "$archive" || { echo "$1 fails on $name"; failed=1; continue; }
    picture ours >ours.txt
    picture theirs >theirs.txt
    [ -s ours.txt ]
    diff ours.txt theirs.txt >"$name.diff" && continue
    failed=1
    echo "$name:"
    head -n 20 "$name.diff"
  done
  return $failed
}

unpack_gnu() {
  mkdir theirs
  tar --xattrs --xattrs-include='*' --numeric-owner -p -C theirs -xf "$1"
}

# Files named .wh.… are files to it.
gnu_differs() { [ "$1" != whiteouts ] && [[ $1 != docker-* ]]; }

@test "trees are those of GNU tar" {
  same_as gnu plain
}

unpack_bsdtar() {
  mkdir theirs
  LC_ALL=C.UTF-8 bsdtar -xp --numeric-owner -C theirs -f "$1"
}

bsdtar_differs() {
  gnu_differs "$1" || return
  # It wants names in the locale's characters.
  [ "$1" != names ] || return
  # What is made in the top directory changes the time that was set.
  printf '|^\\.\tmtime='
  # It rounds times before 1970 towards 1970 and goes back a second then.
  [ "$1" != times ] || printf '|^before-1970\tmtime='
  # Of two entries of a directory the first one's time is set last.
  [ "$1" != replaced ] || printf '|^twice\tmtime='
}

@test "trees are those of bsdtar" {
  command -v bsdtar >/dev/null || skip "no bsdtar"
  same_as bsdtar plain
}

# layout ARCHIVE: an image of it alone, as a layout.
layout() {
  python3 "$TOP/tools/layer/layout.py" layout \
    "$1=application/vnd.oci.image.layer.v1.tar"
}

unpack_umoci() {
  layout "$1"
  umoci raw unpack --image layout:1 theirs 2>umoci.err || {
    tail -n 1 umoci.err
    return 1
  }
}

umoci_differs() {
  # It knows no sparse files of GNU's own header.
  [[ $1 != gnu && $1 != oldgnu ]] || return
  # Go's reader takes an attribute without a value for one that is taken back.
  printf '|\tuser.empty='
  # The top directory's own entry does not set its time.
  printf '|^\\.\tmtime='
}

@test "trees are those of umoci" {
  command -v umoci >/dev/null || skip "no umoci"
  same_as umoci plain
}

docker_archive() {
  layout "$1"
  rm -f image.tar
  skopeo copy -q oci:layout:1 docker-archive:image.tar:odd:1
}

unpack_docker() {
  docker_archive "$1"
  docker load -q -i image.tar >/dev/null || return
  local upper
  upper=$(docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' odd:1)
  [ -n "$upper" ] && cp -a --no-target-directory "$upper" theirs
  docker image rm odd:1 >/dev/null
}

docker_differs() {
  umoci_differs "$1" || return
  # Its tar-split refuses what has one name twice.
  [ "$1" != replaced ] || return
  # No time is before 1970.
  [ "$1" != times ] || printf '|^before-1970\tmtime='
  # The mode of a hard link's entry is the file's then.
  [ "$1" != devices ] || printf '|^fifo(-too)?\tmode='
  # Nothing says when something was deleted.
  printf '|^(odd/gone|odd/dir/a|dir/gone|top)\tmtime='
}

@test "layers are those of docker's overlay2" {
  command -v skopeo >/dev/null || skip "no skopeo"
  needs_docker
  [ "$(docker info -f '{{.Driver}}')" = overlay2 ] || skip "no overlay2 here"
  same_as docker overlay
}

podman_here() {
  podman --root "$WORK/podman" --runroot "$WORK/run" --storage-driver=vfs "$@"
}

unpack_podman() {
  docker_archive "$1"
  podman_here load -q -i image.tar >/dev/null 2>podman.err || {
    tail -n 1 podman.err
    return 1
  }
  cp -a --no-target-directory "$(podman_here image mount odd:1)" theirs
  podman_here image umount --all >/dev/null
  podman_here rmi -af >/dev/null
}

podman_differs() {
  docker_differs "$1" || return
  # Its top directory nobody may write to.
  printf '|^\\.\tmode='
}

@test "trees are those of podman" {
  command -v podman >/dev/null || skip "no podman"
  command -v skopeo >/dev/null || skip "no skopeo"
  podman_here info >/dev/null 2>podman.err ||
    skip "podman: $(tail -n 1 podman.err)"
  same_as podman plain
}
