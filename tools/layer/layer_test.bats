# What layer-unpack puts into a store, what layer-hash says of layers, and what
# both say of layers that are not what they should be.

setup() {
  PATH=$PWD/tools/layer:$PWD/tools/image:$PATH
  IMAGES=$PWD/testdata/images
  cd "$BATS_TEST_TMPDIR"
  export CLEAT_STORE=$PWD/store CLEAT_RUN=$PWD/run
}

needs_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}

sha256() {
  echo "sha256:$(sha256sum "$@" | cut -d' ' -f1)"
}

# document BLOB DIFFID [DIGEST]: of an image of this one layer.
document() {
  printf '{"version":1,"image":{"state":{"layers":[{"diffId":"%s","digest":"%s","size":%d,"path":"%s"}]}}}\n' \
    "$2" "${3:-$(sha256 "$1")}" "$(stat -c %s "$1")" "$PWD/$1"
}

# Nothing of a layer may be left in the store.
store_is_empty() {
  [ -z "$(ls store/image/overlay2/layerdb/sha256 2>/dev/null)" ]
  [ -z "$(find store/overlay2 -mindepth 1 -maxdepth 1 -name '????????????????????????????????*' 2>/dev/null)" ]
  [ -z "$(find store/overlay2/cleat-tmp -mindepth 1 2>/dev/null)" ]
}

a_layer() {
  mkdir tree
  head -c 300000 /dev/urandom >tree/file
  ln -s file tree/link
  tar -C tree -cf layer.tar .
  DIFF=$(sha256 layer.tar)
}

# differences DOCUMENT TAR: between the layers' overlay and a tar of the merged
# tree, and the files that an upper layer has deleted and that are there still.
differences() {
  local lower
  lower=$(grep -o '"path":"[^"]*/diff"' "$1" | cut -d'"' -f4 | tac | paste -sd:)
  mkdir -p merged
  unshare -m sh -c "mount -t overlay -o ro,lowerdir=$lower overlay merged &&
    tar --numeric-owner -df $2 -C merged --exclude='.dockerenv' --exclude='dev*' \
      --exclude='etc' --exclude='etc/host*' --exclude='etc/mtab' --exclude='etc/resolv.conf' \
      --exclude='proc*' --exclude='sys*' 2>&1
    cd merged && ls -d odd/gone odd/opaque/hidden 2>/dev/null"
}

@test "each form of an image unpacks to what docker export gives" {
  needs_root
  tar -xf "$IMAGES/oci-layout-zstd.tar"
  for image in "docker-archive:$IMAGES/docker-save.tar:fixture:1" "oci-archive:$IMAGES/oci-archive.tar" \
    "oci:$PWD/$(dirname "$(tar -tf "$IMAGES/oci-layout-zstd.tar" | grep 'index.json$')")"; do
    export CLEAT_STORE=$PWD/store-${image%%:*}
    image-get "$image" | layer-unpack >doc.json
    run differences doc.json "$IMAGES/docker-export.tar"
    echo "$image: $output"
    [ -z "$output" ]
  done
}

@test "what the store has is not unpacked again" {
  needs_root
  a_layer
  document layer.tar "$DIFF" >doc.json
  layer-unpack <doc.json >first.json
  before=$(find store -printf '%p %i %T@\n')
  layer-unpack <doc.json >second.json
  cmp first.json second.json
  [ "$before" = "$(find store -printf '%p %i %T@\n')" ]
}

@test "two at once unpack a layer once" {
  needs_root
  a_layer
  document layer.tar "$DIFF" >doc.json
  layer-unpack <doc.json >a.json &
  layer-unpack <doc.json >b.json
  wait $!
  cmp a.json b.json
  [ "$(ls store/image/overlay2/layerdb/sha256 | wc -l)" = 1 ]
}

@test "layer-hash tells digest, DiffID and ChainIDs" {
  a_layer
  gzip -k layer.tar
  zstd -q layer.tar
  run layer-hash --json layer.tar.gz
  [ "$output" = "{\"file\":\"layer.tar.gz\",\"diffId\":\"$DIFF\",\"digest\":\"$(sha256 layer.tar.gz)\",\"size\":$(stat -c %s layer.tar.gz),\"plainSize\":$(stat -c %s layer.tar),\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\"}" ]
  run layer-hash --chain layer.tar layer.tar.zst
  [ "$status" = 0 ]
  chain=$(printf '%s %s' "$DIFF" "$DIFF" | sha256)
  [[ "${lines[2]}" == "$DIFF  $(sha256 layer.tar.zst)  "*"  $chain  layer.tar.zst" ]]
}

@test "layer-hash reads standard input and pipes" {
  a_layer
  gzip -c layer.tar | layer-hash --json | grep -q "\"diffId\":\"$DIFF\""
  layer-hash --json <(gzip -c layer.tar) | grep -q "\"diffId\":\"$DIFF\""
}

@test "layer-hash of nothing that can be read" {
  run layer-hash missing
  [ "$status" = 1 ]
  [ "$output" = "layer-hash: layer missing: open missing: No such file or directory" ]
}

@test "a wrong DiffID is refused and leaves nothing" {
  needs_root
  a_layer
  wrong=sha256:$(printf 'a%.0s' {1..64})
  document layer.tar "$wrong" >doc.json
  run layer-unpack <doc.json
  [ "$status" = 1 ]
  [ "$output" = "layer-unpack: layer $DIFF: DiffID is $DIFF, not $wrong" ]
  store_is_empty
}

@test "a wrong digest is refused and leaves nothing" {
  needs_root
  a_layer
  gzip layer.tar
  wrong=sha256:$(printf 'b%.0s' {1..64})
  document layer.tar.gz "$DIFF" "$wrong" >doc.json
  run layer-unpack <doc.json
  [ "$status" = 1 ]
  [ "$output" = "layer-unpack: layer $wrong: digest is $(sha256 layer.tar.gz), not $wrong" ]
  store_is_empty
}

@test "a truncated layer is refused and leaves nothing" {
  needs_root
  a_layer
  gzip layer.tar
  truncate -s 100000 layer.tar.gz
  document layer.tar.gz "$DIFF" >doc.json
  run layer-unpack <doc.json
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 1 ]
  [[ "$output" == "layer-unpack: layer sha256:"*": truncated gzip stream" ]]
  store_is_empty
}

@test "an entry that leads out of the root is named" {
  needs_root
  echo x >evil
  tar -P --transform='s|^|../../|' -cf layer.tar evil
  document layer.tar "$(sha256 layer.tar)" >doc.json
  run layer-unpack <doc.json
  [ "$status" = 1 ]
  [[ "$output" == *": entry '../../evil': its name leads out of the root" ]]
  store_is_empty
}

@test "a link that leads out of the root is named" {
  needs_root
  ln -s ../../etc out
  tar -cf layer.tar out
  document layer.tar "$(sha256 layer.tar)" >doc.json
  run layer-unpack <doc.json
  [ "$status" = 1 ]
  [[ "$output" == *": entry 'out': symbolic link to '../../etc' leads out of the root" ]]
  store_is_empty
}

@test "a full disk is told and leaves nothing" {
  needs_root
  a_layer
  document layer.tar "$DIFF" >doc.json
  mkdir store
  run unshare -m bash -c 'mount -t tmpfs -o size=200k none store && layer-unpack <doc.json; echo $?; find store/overlay2 -name file'
  [[ "${lines[0]}" == *": entry './file': write: No space left on device"* ]]
  [ "${lines[1]}" = 1 ]
  [ "${#lines[@]}" = 2 ]
}

@test "a document without an image names the tool that writes it" {
  run layer-unpack <<<'{"version":1}'
  [ "$status" = 1 ]
  [[ "$output" == *"image-get"* ]]
}

@test "no document is exit status 3" {
  run layer-unpack </dev/null
  [ "$status" = 3 ]
}
