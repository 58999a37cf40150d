# layer-unpack --dir against GNU tar, layer-hash --check, and hostile layers.

setup() {
  PATH=$PWD/tools/layer:$PATH
  IMAGES=$PWD/testdata/images
  TARS=$PWD/lib/tar/testdata
  cd "$BATS_TEST_TMPDIR"
}

needs_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}

# Everything that tar can say of a tree but the inodes' change times.
listing() {
  (cd "$1" && find . -printf '%P %y %m %U %G %T@ %l ' \
    \( -type f -printf '%s ' -o -true \) -printf '%n\n' | LC_ALL=C sort)
  (cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum)
  (cd "$1" && find . \( -type b -o -type c \) -exec stat -c '%n %t:%T' {} + | sort)
  getfattr -R -h -d -m - --absolute-names "$1" 2>/dev/null | sed "s|^# file: $1|# file: |"
}

@test "trees are those of GNU tar, for every dialect" {
  needs_root
  for tar in "$TARS"/*.tar "$IMAGES/docker-export.tar"; do
    rm -rf ours theirs
    mkdir ours theirs
    layer-unpack --dir=ours <"$tar"
    tar --xattrs --xattrs-include='*' --numeric-owner -p -C theirs -xf "$tar"
    # Nothing says when a directory was made that no entry describes.
    diff <(listing ours | grep -v '^d\? d ') <(listing theirs | grep -v '^d\? d ')
  done
}

@test "gzip, zstd and plain give the same tree" {
  needs_root
  zstd -q <"$TARS/gnu.tar" >layer.tar.zst
  gzip -c "$TARS/gnu.tar" >layer.tar.gz
  layer-unpack --dir=plain "$TARS/gnu.tar"
  layer-unpack --dir=gzip layer.tar.gz
  layer-unpack --dir=zstd <layer.tar.zst
  diff <(listing plain | grep -v '^ d ') <(listing gzip | grep -v '^ d ')
  diff <(listing plain | grep -v '^ d ') <(listing zstd | grep -v '^ d ')
}

@test "upper layers remove what they say, and nothing of their own" {
  needs_root
  mkdir -p lower/dir/sub lower/opaque/sub upper/dir upper/opaque
  touch lower/{gone,stays} lower/dir/{gone,stays} lower/opaque/{a,sub/b}
  touch upper/.wh.gone upper/dir/{.wh.gone,new} upper/opaque/{.wh..wh..opq,new} upper/.wh.own upper/own
  tar -C lower -cf lower.tar .
  tar -C upper --sort=name -cf upper.tar .
  layer-unpack --dir=tree lower.tar upper.tar
  run bash -c 'cd tree && find . -type f | sort | xargs'
  [ "$output" = "./dir/new ./dir/stays ./opaque/new ./own ./stays" ]
}

@test "the overlay form keeps whiteouts for overlayfs" {
  needs_root
  mkdir -p upper/opaque
  touch upper/.wh.gone upper/opaque/.wh..wh..opq
  tar -C upper -cf upper.tar .
  layer-unpack --dir=out --form=overlay <upper.tar
  [ "$(stat -c '%F %t:%T' out/gone)" = "character special file 0:0" ]
  getfattr -n trusted.overlay.opaque out/opaque
  run layer-unpack --dir=out --form=overlay upper.tar
  [ "$status" = 1 ]
  [ "$output" = "layer-unpack: --form=overlay: out is not empty" ]
}

@test "a bomb stops at the bound, and nothing is left" {
  mkdir zeros
  head -c 50000000 /dev/zero >zeros/file
  tar -cf - zeros | gzip >bomb.tar.gz
  run layer-unpack --dir=out --max-size=1m bomb.tar.gz
  [ "$status" = 1 ]
  [[ "$output" == "layer-unpack: layer bomb.tar.gz: "*"larger than 1048576 bytes uncompressed" ]]
  [ ! -e out ]
}

@test "no layer writes outside, and the error names the entry" {
  needs_root
  mkdir target
  python3 - <<'END'
import io, tarfile

def archive(name, *entries):
    with tarfile.open(name, "w") as out:
        for path, kind, link, data in entries:
            info = tarfile.TarInfo(path)
            info.type, info.linkname, info.size = kind, link, len(data)
            out.addfile(info, io.BytesIO(data))

F, D, S, H = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
archive("up.tar", ("../evil", F, "", b"x"))
archive("deep.tar", ("a/../../evil", F, "", b"x"))
archive("hard.tar", ("link", H, "../target", b""))
archive("symlink.tar", ("link", S, "../../target", b""))
# These two are no error: links lead to where they would in the container.
archive("through.tar", ("link", S, "/target", b""), ("link/evil", F, "", b"x"))
archive("swap.tar", ("dir", D, "", b""), ("dir/a", F, "", b"x"),
        ("dir", S, "/target", b""), ("dir/evil", F, "", b"x"))
END
  for layer in up deep hard symlink; do
    run layer-unpack --dir=root/out $layer.tar
    [ "$status" = 1 ]
    mkdir -p root
    run layer-unpack --dir=root/out $layer.tar
    [ "$status" = 1 ]
    [[ "$output" == "layer-unpack: layer $layer.tar: entry '"* ]]
    [ "${#lines[@]}" = 1 ]
    [ ! -e root/out ]
    rm -rf root
  done
  for layer in through swap; do
    layer-unpack --dir=out-$layer $layer.tar || :
  done
  [ -z "$(ls target)" ]
  [ "$(find . -name evil ! -path './out-*')" = "" ]
}

@test "every truncation of a small layer is an error or a whole tree" {
  needs_root
  mkdir src
  echo data >src/file
  tar -C src --blocking-factor=1 -cf layer.tar file
  size=$(stat -c %s layer.tar)
  for at in 0 1 511 512 513 600 1023 1024 1025 1535 1536 1537 2047; do
    [ "$at" -lt "$size" ] || continue
    head -c "$at" layer.tar >cut.tar
    rm -rf out
    if layer-unpack --dir=out cut.tar 2>error; then
      [ "$at" = 0 ] || cmp out/file src/file
    else
      [ ! -e out ]
      [ "$(wc -l <error)" = 1 ]
    fi
  done
}

@test "ten thousand levels are refused by name or unpacked, never a crash" {
  needs_root
  python3 - <<'END'
import tarfile
with tarfile.open("deep.tar", "w", format=tarfile.PAX_FORMAT) as out:
    for depth in (1000, 10000):
        info = tarfile.TarInfo("a/" * depth)
        info.type = tarfile.DIRTYPE
        out.addfile(info)
END
  run layer-unpack --dir=out deep.tar
  [ "$status" = 1 ]
  [[ "$output" == *"entry 'a/a/a/"*"its name is longer than 4095 bytes" ]]
  [ ! -e out ]
}

@test "an ordinary user unpacks, and owners are kept" {
  needs_root
  command -v setpriv >/dev/null || skip "needs setpriv"
  tar --owner=1234 --group=99 -C / -cf layer.tar etc/passwd
  chmod 755 "$BATS_TEST_TMPDIR"
  mkdir mine
  chown 65534 mine
  run setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$(command -v layer-unpack)" --dir=mine/out "$PWD/layer.tar"
  if [[ "$output" == *"Permission denied"* ]]; then skip "another user cannot get here"; fi
  [ "$status" = 0 ]
  [[ "$output" == "note: all files are yours"* ]]
  cmp mine/out/etc/passwd /etc/passwd
  [ "$(stat -c %u mine/out/etc/passwd)" = 65534 ]
  getfattr --only-values -n user.containers.override_stat mine/out/etc/passwd |
    grep -qx '1234:99:0[0-7]*'
}

@test "flags that do not go together" {
  run layer-unpack --dir=out --form=odd missing
  [ "$status" = 1 ]
  [ "$output" = "layer-unpack: --form: 'odd' is neither plain nor overlay" ]
  run layer-unpack layer.tar <<<'{"version":1}'
  [ "$status" = 1 ]
  [[ "$output" == *"go with --dir"* ]]
  [ ! -e out ]
}

@test "layer-hash --check" {
  printf 'some bytes' >plain
  gzip -k plain
  sha256sum plain plain.gz >sums
  # A digest may be the DiffID, and as OCI writes it.
  echo "sha256:$(sha256sum plain | cut -d' ' -f1)  plain.gz" >>sums
  run layer-hash --check=sums
  [ "$status" = 0 ]
  [ "$output" = "plain: OK
plain.gz: OK
plain.gz: OK" ]
  printf 'other bytes' >plain
  rm plain.gz
  run layer-hash -c sums
  [ "$status" = 1 ]
  [ "$output" = "plain: FAILED
plain.gz: FAILED open or read
plain.gz: FAILED open or read
layer-hash: check sums: 3 of 3 layers FAILED" ]
  run layer-hash --check=- <<<"no digest"
  [ "$status" = 1 ]
  [ "$output" = "layer-hash: check -: line 1: must be DIGEST, two spaces, FILE" ]
}

@test "layer-hash --image-config" {
  tar -xf "$IMAGES/docker-save.tar" manifest.json
  config=$(grep -o '[0-9a-f]\{64\}\.json' manifest.json | head -1)
  tar -xf "$IMAGES/docker-save.tar" "$config"
  run layer-hash --image-config="$config" --json
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 4 ]
  [[ "${lines[0]}" == "{\"imageId\":\"sha256:${config%.json}\",\"diffId\":\"sha256:11409dab"*"\"chainId\":\"sha256:11409dab"* ]]
  [[ "${lines[3]}" == *"\"chainId\":\"sha256:8cb95aec397b00717c77354123298a184335ba2469dcf6a6f889551ac3d066a1\""* ]]
  echo '{}' >empty
  run layer-hash --image-config=empty
  [ "$status" = 1 ]
  [[ "$output" == "layer-hash: empty: field rootfs"* ]]
}
