# tar-split: what layer-split, layer-unpack, layer-join and layer-get make of
# layers, against what dockerd wrote and against damaged and hostile input.

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

a_layer() {
  mkdir tree
  head -c 300000 /dev/urandom >tree/file
  printf 'small' >tree/small
  ln -s file tree/link
  ln tree/small tree/hard
  tar -C tree -cf layer.tar .
}

@test "every layer of an image comes out of the store as it went in" {
  needs_root
  image-get "docker-archive:$IMAGES/docker-save.tar:fixture:1" | layer-unpack >doc.json
  count=0
  for chain in store/image/overlay2/layerdb/sha256/*; do
    layer-get "$(cat "$chain/diff")" >layer.tar
    [ "$(sha256 layer.tar)" = "$(cat "$chain/diff")" ]
    # By the ChainID's beginning, too.
    layer-get "$(basename "$chain" | cut -c1-12)" | cmp - layer.tar
    count=$((count + 1))
  done
  [ "$count" = 4 ]
}

@test "dockerd's own tar-split gives the layer that it saved" {
  needs_root
  mkdir saved store
  tar -C saved -xf "$IMAGES/docker-save.tar"
  tar -C store -xf "$IMAGES/dockerd-store.tar"
  count=0
  for chain in store/image/overlay2/layerdb/sha256/*; do
    diff=$(cat "$chain/diff")
    for layer in saved/*/layer.tar; do
      [ "$(sha256 "$layer")" = "$diff" ] || continue
      # The fixture has no files of the layers.
      tree=store/overlay2/$(cat "$chain/cache-id")/diff
      rm -rf "$tree"
      mkdir -p "$(dirname "$tree")"
      layer-unpack --form=overlay --dir="$tree" <"$layer"
      layer-get "$(basename "$chain")" | cmp - "$layer"
      count=$((count + 1))
      break
    done
  done
  [ "$count" = 4 ]
}

@test "a vfs store of dockerd's gives its layers, though each tree is whole" {
  needs_root
  mkdir saved store
  tar -C saved -xf "$IMAGES/docker-save.tar"
  zstd -dc <"$IMAGES/dockerd-vfs.tar.zst" | tar -C store -x
  count=0
  for layer in saved/*/layer.tar; do
    layer-get "$(sha256 "$layer")" | cmp - "$layer"
    count=$((count + 1))
  done
  [ "$count" = 4 ]
  # Each layer's files are its own tree's, whatever those above have of them.
  bottom=11409dab4211d0a8ca49b864860cd5eac85892e56be4f4553cd2d7efe1837610
  own=store/vfs/dir/$(cat store/image/vfs/layerdb/sha256/$bottom/cache-id)
  for tree in store/vfs/dir/*; do
    [ "$tree" = "$own" ] || echo X >>"$tree/etc/passwd"
  done
  layer-get $bottom >layer.tar
  echo X >>"$own/etc/passwd"
  run bash -c "layer-get $bottom >layer.tar"
  [ "$status" = 1 ]
  [[ "$output" == "layer-get: layer sha256:$bottom: file 'etc/passwd': has "* ]]
}

@test "a compressed layer is split, unpacked and joined to its tar" {
  needs_root
  a_layer
  gzip -k layer.tar
  layer-split layer.tar.gz >split.gz
  layer-unpack --dir=out --form=overlay --split=other.gz <layer.tar.gz
  cmp <(zcat split.gz) <(zcat other.gz)
  layer-join --dir=out split.gz | cmp - layer.tar
  zcat split.gz | layer-join --dir=out --expect="$(sha256 layer.tar)" | cmp - layer.tar
}

@test "a layer whose files replace each other needs its split whole" {
  needs_root
  mkdir a b
  echo first >a/file
  echo second >b/file
  tar -C a -cf layer.tar file
  tar -C b -rf layer.tar file
  layer-split layer.tar 2>error >split.gz && false
  [[ "$(cat error)" == "layer-split: split: "*"--whole"* ]]
  mkdir none
  layer-split --whole layer.tar | layer-join --dir=none | cmp - layer.tar
  # In the store it is whole by itself.
  printf '{"version":1,"image":{"state":{"layers":[{"diffId":"%s","path":"%s"}]}}}\n' \
    "$(sha256 layer.tar)" "$PWD/layer.tar" | layer-unpack >doc.json
  layer-get "$(sha256 layer.tar)" | cmp - layer.tar
}

@test "a changed file is named, and the status says so" {
  needs_root
  a_layer
  layer-split layer.tar >split.gz
  layer-unpack --dir=out <layer.tar
  printf 'Small' >out/small
  run bash -c "layer-join --dir=out split.gz >joined.tar"
  [ "$status" = 1 ]
  [[ "${lines[-1]}" == *"layer-join: file './small': was changed: it has another checksum" ]]
  rm out/small
  run bash -c "layer-join --dir=out split.gz >joined.tar"
  [ "$status" = 1 ]
  [[ "${lines[-1]}" == *"file './small': open small: No such file or directory"* ]] ||
    [[ "${lines[-1]}" == *"file './small': "*"No such file or directory"* ]]
}

@test "another DiffID than expected is told" {
  needs_root
  a_layer
  layer-split layer.tar >split.gz
  layer-unpack --dir=out <layer.tar
  wrong=sha256:$(printf 'a%.0s' {1..64})
  layer-join --dir=out --expect="$wrong" split.gz >joined.tar 2>error && false
  [ "$(cat error)" = "layer-join: DiffID is $(sha256 layer.tar), not $wrong" ]
}

@test "what is no split is named" {
  echo '{"type":7}' >bad
  run layer-join bad
  [ "$status" = 1 ]
  [ "$output" = "layer-join: tar-split: entry 0: type 7" ]
  run layer-join missing
  [ "$status" = 1 ]
  [ "$output" = "layer-join: open missing: No such file or directory" ]
}

@test "a split cannot read outside the tree" {
  mkdir tree
  echo secret >secret
  ln -s ../secret tree/link
  for name in ../secret link "$PWD/secret"; do
    printf '{"type":1,"name":"%s","size":7,"payload":"AAAAAAAAAAA=","position":0}\n' "$name" >bad
    run layer-join --dir=tree bad
    [ "$status" = 1 ]
    [[ "$output" != *secret$'\n'* ]]
    [[ "${lines[0]}" == "layer-join: file "* ]]
  done
}

@test "a layer that the store does not have" {
  run layer-get 0123456789abcdef
  [ "$status" = 1 ]
  [[ "$output" == "layer-get: layer 0123456789abcdef: the store "*" has none of that name" ]]
  run layer-get 0123
  [ "$status" = 1 ]
  [[ "$output" == *"give 8 digits at least"* ]]
}

@test "a layer without tar-split says what there is instead" {
  needs_root
  a_layer
  printf '{"version":1,"image":{"state":{"layers":[{"diffId":"%s","path":"%s"}]}}}\n' \
    "$(sha256 layer.tar)" "$PWD/layer.tar" | layer-unpack >doc.json
  rm -f store/image/overlay2/layerdb/sha256/*/tar-split.json.gz
  run layer-get "$(sha256 layer.tar)"
  [ "$status" = 1 ]
  [[ "$output" == "layer-get: layer sha256:"*": has no tar-split.json.gz, "* ]]
}

@test "a truncated layer is not split" {
  a_layer
  gzip layer.tar
  truncate -s 100000 layer.tar.gz
  layer-split layer.tar.gz >split.gz 2>error && false
  [[ "$(cat error)" == "layer-split: "*"truncated gzip stream"* ]]
}
