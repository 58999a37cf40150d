# What layer-pack writes: the same bytes whatever the machine does, a layer that
# unpacks to what was packed, and nothing where it fails.

bats_require_minimum_version 1.5.0

setup() {
  PATH=$PWD/tools/layer:$PATH
  cd "$BATS_TEST_TMPDIR"
  export CLEAT_STORE=$PWD/store CLEAT_RUN=$PWD/run
  unset SOURCE_DATE_EPOCH
}

needs_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}

# A tree with what trees have, of several blocks and jobs of the compressors.
a_tree() {
  mkdir -p tree/bin tree/etc/empty
  seq 1 900000 >tree/bin/numbers
  printf '#!/bin/sh\n' >tree/bin/sh
  chmod 4755 tree/bin/sh
  ln tree/bin/sh tree/bin/ash
  ln -s ../bin/sh tree/etc/link
  mkfifo tree/etc/fifo
  setfattr -n user.colour -v blue tree/etc
  touch "tree/etc/odd $(printf '\377\n')"
}

sha256() { sha256sum | cut -d' ' -f1; }

@test "a tree comes out of tar as it went in" {
  needs_root
  a_tree
  chown 1000:50 tree/bin/numbers
  layer-pack --dir=tree --nanoseconds >layer.tar
  mkdir out
  tar -C out --xattrs --xattrs-include='user.*' -xpf layer.tar
  diff <(cd tree && find . -printf '%p %y %m %U:%G %s %l %n %T@\n' | LC_ALL=C sort) \
    <(cd out && find . -printf '%p %y %m %U:%G %s %l %n %T@\n' | LC_ALL=C sort)
  cmp tree/bin/numbers out/bin/numbers
  getfattr -d out/etc | grep -qF 'user.colour="blue"'
}

@test "the bytes do not depend on threads, time, place or order of making" {
  a_tree
  export SOURCE_DATE_EPOCH=1000000000
  mkdir -p elsewhere/other
  cp -a tree/. elsewhere/other/
  setfattr -n user.colour -v blue elsewhere/other/etc
  for format in none gzip zstd; do
    layer-pack --dir=tree --compression=$format --threads=1 | sha256 >$format.1
    layer-pack --dir=tree --compression=$format --threads=2 | sha256 >$format.2
    layer-pack --dir=elsewhere/other --compression=$format --threads=3 | sha256 >$format.3
    cmp $format.1 $format.2
    cmp $format.1 $format.3
  done
}

@test "the bytes are those of a processor without AVX and BMI2" {
  command -v qemu-x86_64-static >/dev/null || command -v qemu-x86_64 >/dev/null ||
    skip "no qemu-user here"
  qemu=$(command -v qemu-x86_64-static || command -v qemu-x86_64)
  mkdir tree
  seq 1 150000 >tree/numbers
  touch -d @5 tree tree/numbers
  for format in gzip zstd; do
    layer-pack --dir=tree --owner=0:0 --compression=$format | sha256 >here
    "$qemu" -cpu Nehalem "$(command -v layer-pack)" --dir=tree --owner=0:0 --compression=$format |
      sha256 >there
    cmp here there
  done
}

@test "compressed layers hold the plain one, and the metadata are true" {
  a_tree
  layer-pack --dir=tree >plain.tar
  for format in gzip zstd; do
    layer-pack --dir=tree --compression=$format --metadata=$format.json -o $format.layer
    $format -dc <$format.layer | cmp - plain.tar
    layer-hash --json $format.layer | sed 's/"file":"[^"]*",//' | cmp - $format.json
  done
  grep -q 'tar+zstd' zstd.json
}

@test "only the difference from a base is packed" {
  mkdir -p old/d new/d
  echo 1 | tee old/d/same new/d/same >old/d/gone
  echo 2 >new/d/new
  touch -r old/d/same new/d/same
  layer-pack --base=old --dir=new | tar -tf - >names
  printf '%s\n' d/ d/.wh.gone d/new | cmp - names
}

@test "an overlay's upper directory becomes the layer that the overlay saw" {
  needs_root
  mkdir -p low/d low/o upper work merged
  echo 1 >low/d/gone
  echo 2 >low/o/hidden
  echo 3 >low/same
  unshare -m sh -ec '
    mount -t tmpfs t work && mkdir work/u work/w
    mount -t overlay o -o lowerdir=low,upperdir=work/u,workdir=work/w merged
    rm merged/d/gone; rm -r merged/o; mkdir merged/o; echo 4 >merged/o/new; : >merged/same
    layer-pack --dir=work/u >raw.tar
    layer-pack --base=low --upper --dir=work/u >changes.tar
    cp -a merged after'
  tar -tf raw.tar >names
  printf '%s\n' ./ d/ d/.wh.gone o/ o/.wh..wh..opq o/new same | cmp - names
  tar -tf changes.tar >names
  printf '%s\n' d/ d/.wh.gone o/ o/.wh.hidden o/new same | cmp - names
}

@test "--mtree describes what tar has" {
  a_tree
  layer-pack --dir=tree --mtree=tree.mtree | tar -tf - | wc -l >count
  [ "$(grep -c type= tree.mtree)" = "$(cat count)" ]
  grep -q "^./bin/numbers type=file .*sha256digest=$(sha256 <tree/bin/numbers)$" tree.mtree
  grep -qF './etc/odd\040\377 type=file' tree.mtree
}

@test "a failure leaves no file and says what is wrong" {
  mkdir tree
  echo x >tree/.wh.y
  echo old >out
  run ! layer-pack --dir=tree --mtree=m --metadata=j -o out
  [ "$output" = "layer-pack: pack '.wh.y': a layer cannot hold this name: it would delete another" ]
  [ "$(cat out)" = old ]
  [ "$(ls)" = "$(printf 'out\ntree')" ]
  run -1 layer-pack --dir=none -o out
  [[ $output == "layer-pack: open none: No such file or directory"* ]]
  run -2 layer-pack -o out
  [[ $output == *"--dir=DIR is missing"* ]]
  run ! layer-pack --dir=tree --compression=xz
  [[ $output == *"compression 'xz': give none, gzip or zstd"* ]]
  run ! layer-pack --dir=tree --compression=gzip --level=13
  [[ $output == *"gzip level 13"* ]]
  run ! layer-pack --dir=tree --owner=root
  [[ $output == *"--owner 'root': give UID:GID"* ]]
  SOURCE_DATE_EPOCH=now run ! layer-pack --dir=tree
  [[ $output == *"SOURCE_DATE_EPOCH 'now'"* ]]
}

@test "a full disk and a closed reader are failures" {
  a_tree
  run ! sh -c 'layer-pack --dir=tree >/dev/full'
  [[ $output == *"No space left"* ]]
  set +o pipefail
  layer-pack --dir=tree 2>err | head -c 1 >/dev/null
  [ "${PIPESTATUS[0]}" != 0 ]
}

@test "memory does not grow with the layer" {
  mkdir tree
  truncate -s 300M tree/large
  for format in none gzip zstd; do
    (ulimit -v 400000 && layer-pack --dir=tree --compression=$format --threads=2 >/dev/null)
  done
  run ! layer-pack --dir=tree --max-size=200m
  [[ $output == *"pack 'large': with it the files are larger than 209715200 bytes"* ]]
}
