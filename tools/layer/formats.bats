# Layers that hold more than a compressed tar, and what OCI 1.1 has beside
# images: zstd:chunked, eStargz, foreign layers, subjects, artifacts.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  PATH=$PWD/tools/layer:$PWD/tools/image:$PATH
  IMAGES=$PWD/testdata/images
  LAYOUT=$PWD/tools/layer/layout.py
  cd "$BATS_TEST_TMPDIR"
  export CLEAT_STORE=$PWD/store CLEAT_RUN=$PWD/run
  OCI=application/vnd.oci.image.layer.v1.tar
  FOREIGN=application/vnd.oci.image.layer.nondistributable.v1.tar
}

layout() { python3 "$LAYOUT" layout "$@"; }

# The root file system of the image in docker-save.tar, which has all kinds of
# entries.
odd_layer() {
  mkdir saved
  tar -C saved -xf "$IMAGES/docker-save.tar"
  ls -S saved/*/layer.tar | sed -n "$1p"
}

# plain_digest COMMAND FILE
plain_digest() { "$1" -dc <"$2" | sha256sum | sed 's/^\([^ ]*\).*/sha256:\1/'; }

# is_read COMMAND FILE: layer-hash and layer-unpack see what COMMAND -dc does.
is_read() {
  local diff_id
  diff_id=$(plain_digest "$1" "$2")
  [ "$(layer-hash --json "$2" | grep -o '"diffId":"[^"]*"')" = \
    "\"diffId\":\"$diff_id\"" ]
  [ "$(layer-hash --json <"$2" | grep -o '"diffId":"[^"]*"')" = \
    "\"diffId\":\"$diff_id\"" ]
  "$1" -dc <"$2" >plain.tar
  rm -rf ours theirs
  layer-unpack --dir=theirs plain.tar
  layer-unpack --dir=ours "$2"
  diff -r --no-dereference -x null -x loop -x fifo ours theirs
}

@test "zstd:chunked of buildah's is a zstd stream" {
  mkdir chunked
  tar -C chunked -xf "$IMAGES/oci-zstd-chunked.tar"
  layer=$(ls -S chunked/blobs/sha256/* | head -n 1)
  # Its last frame is to be skipped.
  [ "$(tail -c 8 "$layer")" = GnUlInUx ]
  is_read zstd "$layer"
  seq 20000 | cmp - ours/dir/numbers
  [ ours/small -ef ours/hard ]
  image-load -q oci:chunked:1 >id
  grep -qx "sha256:7e4c8c0cdab32c4bbce1329c98a936fdea1bfe7eac92daf0a40bcd235e77a8bc" id
  [ "$(cat store/image/overlay2/layerdb/sha256/*/diff)" = \
    "$(plain_digest zstd "$layer")" ]
}

@test "a zstd:chunked layer that ends within what is skipped is truncated" {
  mkdir chunked
  tar -C chunked -xf "$IMAGES/oci-zstd-chunked.tar"
  layer=$(ls -S chunked/blobs/sha256/* | head -n 1)
  for less in 1 20 39; do
    head -c "-$less" "$layer" >cut.zst
    run layer-hash cut.zst
    [ "$status" = 1 ]
    [[ $output == "layer-hash: "*"truncated zstd stream"* ]]
  done
}

@test "eStargz is a gzip stream with an entry more" {
  layer=$(odd_layer 2)
  python3 "$IMAGES/estargz.py" <"$layer" >e.tar.gz
  # A member for each file, and the footer.
  [ "$(tail -c 51 e.tar.gz | head -c 4 | od -An -tx1)" = ' 1f 8b 08 04' ]
  is_read gzip e.tar.gz
  [ -s ours/stargz.index.json ]
  rm ours/stargz.index.json
  layer-unpack --dir=original "$layer"
  diff -r --no-dereference -x null -x loop -x fifo ours original
  layout "e.tar.gz=$OCI+gzip"
  image-load -q oci:layout:1
  [ "$(cat store/image/overlay2/layerdb/sha256/*/diff)" = \
    "$(plain_digest gzip e.tar.gz)" ]
}

@test "foreign layers are loaded where they are there, and said to be missing" {
  layer=$(odd_layer 3)
  gzip -c "$layer" >l.tar.gz
  zstd -qc "$layer" >l.tar.zst
  for form in "$layer=$FOREIGN" "l.tar.gz=$FOREIGN+gzip" "l.tar.zst=$FOREIGN+zstd" \
    "l.tar.gz=application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"; do
    layout "$form"
    rm -rf store
    image-load -q oci:layout:1
    [ "$(cat store/image/overlay2/layerdb/sha256/*/diff)" = \
      "sha256:$(sha256sum <"$layer" | cut -d' ' -f1)" ]
  done
  layout --missing "l.tar.gz=$FOREIGN+gzip"
  run image-load oci:layout:1
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 1 ]
  [[ $output == *"layer sha256:"*"is not distributable"* ]]
}

@test "an image with a subject is an image" {
  layer=$(odd_layer 3)
  layout "$layer=$OCI"
  id=$(image-load -q oci:layout)
  layout --subject "$layer=$OCI"
  [ "$(image-load -q oci:layout)" = "$id" ]
}

@test "artifacts beside an image are left out, and alone get a line" {
  layout --artifact "$(odd_layer 3)=$OCI"
  for source in oci:layout oci:layout:1; do
    [ "$(image-load -q $source | grep -c '^sha256:')" = 1 ]
    image-get $source >doc.json
  done
  tar -C layout -cf archive.tar .
  [ "$(image-load -q archive.tar | grep -c '^sha256:')" = 1 ]
  run image-load oci:layout:signature
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 1 ]
  [[ $output == "image-load: "*"is the manifest of an artifact (of type \
application/vnd.example.signature), not an image manifest"* ]]
  layout --artifact
  for source in layout.tar oci:layout; do
    tar -C layout -cf layout.tar .
    run image-load $source
    [ "$status" = 1 ]
    [ "${#lines[@]}" = 1 ]
    [[ $output == "image-load: "*"is the manifest of an artifact"* ]]
  done
}
