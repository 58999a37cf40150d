# Bad input: one clear line, the right status, and nothing left or written.

load pipeline.bash

LAYER=65c4bef55ccaef2e21e4f575d2257bcd160b87a8c7a283d0c9d9f9fa68e5b954
MANIFEST=f5514d542d1885f134723bb0cce7440d6355cbe0840ca424931f3479ab9acfae

setup_file() { prepare_file; }

setup() { prepare; }

teardown() { finish; }

# A layout to damage; $blobs is where its blobs are.
layout() {
  rm -rf layout store
  cp -r "${OCI#oci:}" layout
  blobs=layout/blobs/sha256
}

# A store that was given nothing has no layer, whole or half, and no link.
assert_no_layer() {
  local found
  found=$(find store -mindepth 1 -type f ! -name cleat-store -o \
    -mindepth 1 -type l 2>/dev/null) || true
  [ -z "$found" ] || { echo "in the store: $found"; return 1; }
}

unpack_fails() {
  job 'image-get oci:layout | layer-unpack'
  expect "$@"
  [ -z "$output" ]
  assert_no_layer
}

# replace_manifest SED: changes the manifest, and the index to its new digest.
replace_manifest() {
  local digest
  sed "$1" "$blobs/$MANIFEST" >manifest.new
  digest=$(sha256sum manifest.new | cut -d ' ' -f 1)
  mv manifest.new "$blobs/$digest"
  sed -i "s/$MANIFEST/$digest/; s/\"size\":[0-9]*/\"size\":$(stat -c %s \
    "$blobs/$digest")/" layout/index.json
}

@test "a truncated layer" {
  layout
  truncate -s -100 $blobs/$LAYER
  unpack_fails 3 'image-get: verify layer sha256:65c4bef' 'not 1084510'
  # With the size made to fit, it is the compressed data that ends too early.
  layout
  truncate -s 500000 $blobs/$LAYER
  replace_manifest 's/1084510/500000/'
  unpack_fails 1 'layer-unpack: layer sha256:65c4bef'
}

@test "a layer with a byte changed" {
  layout
  printf X | dd of=$blobs/$LAYER bs=1 seek=600000 conv=notrunc status=none
  unpack_fails 1 'layer-unpack: layer sha256:65c4bef'
  job 'image-get --verify oci:layout'
  expect 1 'image-get: ' 65c4bef
}

@test "a layer that is another one" {
  layout
  replace_manifest "s/$LAYER/$(echo -n other | sha256sum | cut -d ' ' -f 1)/"
  unpack_fails 3 'image-get: ' 'there is no blobs/sha256/'
  # Two layers in each other's place: right digests, wrong DiffIDs.
  layout
  small=54ed864915087d457e44ded201a058ec436577a6fad580cfbdbe107fde945790
  replace_manifest "s/$LAYER/X/; s/$small/$LAYER/; s/X/$small/
    s/:1084510/:Y/; s/:220\\b/:1084510/; s/:Y/:220/"
  unpack_fails 1 'layer-unpack: layer sha256:54ed864' sha256:11409dab
}

@test "a manifest and a config whose digests are wrong" {
  layout
  sed -i 's/schemaVersion/schemaversion/' $blobs/$MANIFEST
  unpack_fails 3 'image-get: ' f5514d542d18
  layout
  sed -i 's/hello/HELLO/' "$blobs/${SKOPEO_ID#sha256:}"
  unpack_fails 3 'image-get: ' b91c9142356c
  layout
  echo >>"$blobs/${SKOPEO_ID#sha256:}"
  unpack_fails 3 'image-get: ' b91c9142356c
}

@test "a manifest and an index of the wrong type" {
  layout
  replace_manifest 's/manifest.v1+json/artifact.v9+json/'
  sed -i 's/manifest.v1+json/artifact.v9+json/' layout/index.json
  unpack_fails 3 'image-get: ' artifact.v9+json
  layout
  replace_manifest 's/layer.v1.tar+gzip/layer.v9.rar/'
  unpack_fails 3 'image-get: ' layer.v9.rar
  layout
  echo '[]' >layout/index.json
  unpack_fails 3 'image-get: ' index.json
  layout
  echo '{"imageLayoutVersion":"9.0.0"}' >layout/oci-layout
  unpack_fails 3 'image-get: ' 9.0.0
  layout
  rm layout/index.json
  unpack_fails 3 'image-get: ' index.json
}

@test "a document with what nobody knows" {
  root >base.json
  # bad SED TEXT...: every tool that reads what is bad says so.
  bad() {
    sed "$1" base.json >bad.json
    shift
    job 'rootfs-run -- true <bad.json'
    expect 125 'rootfs-run: ' "$@"
    job 'rootfs-run --input=bad.json -- true'
    expect 125 'rootfs-run: ' "$@"
  }
  bad 's/"rootfs":{/"rootfs":{"colour":1,/' rootfs colour
  bad 's/"rootfs":{/"roofs":{/' roofs
  bad 's/"version":1/"version":2/' version 2
  bad 's/"version":1,//' version
  bad 's/{"version":1/{"version":1,"version":1/' version
  bad 's/$/}/' 'byte'
  bad 's/.$//' JSON
  bad 's/^/hello/' JSON
  bad 's/"lower":\[/"lower":[7,/' rootfs.spec.lower
  # What a tool does not work on, it passes on.
  sed 's/"image":{/"image":{"colour":1,/' base.json >other.json
  job "$LIMITS --defer <other.json"
  expect 0
  [[ "$output" == *'"colour":1'* ]]
}

@test "no document at all" {
  local tool
  for tool in layer-unpack overlay-mount cgset unwind container-inspect \
    container-kill; do
    job "$tool </dev/null"
    expect 3
    [ "$error" = "$tool: no document came on standard input" ]
    job "true | $tool"
    [ "$status" = 3 ]
  done
  job 'rootfs-run -- true </dev/null'
  expect 125
  [ "$error" = 'rootfs-run: no document came on standard input' ]
  job 'container-wait --input=/dev/null'
  expect 125
  job 'cgset --input=nowhere.json'
  expect 1 'cgset: ' 'nowhere.json: No such file'
}

@test "ids that name nothing" {
  local tool
  job 'cgset --id=nobody --memory=64m'
  expect 1 'cgset: ' nobody
  for tool in container-exec container-wait; do
    job "$tool --id=nobody -- true"
    [ "$status" = 125 ]
    [[ $error == "$tool: "* ]]
  done
  job 'container-logs --id=nobody'
  expect 1 'container-logs: ' nobody
  job 'unwind --id=nobody'
  expect 0
  # Ids are no paths.
  job 'unwind --id=../store'
  job 'unwind --id=..'
  job "container-new --name=../x | $LIMITS"
  expect 1 'cgset: ' ../x
}

@test "a document cannot have another thing undone than the journal says" {
  root | $LIMITS --output=web.json
  mkdir precious
  sed "s#\"steps\":\\[#&{\"tool\":\"x\",\"directory\":\"$WORK/precious\"},#" \
    web.json >forged.json
  grep -q precious forged.json
  job 'unwind <forged.json'
  expect 0
  [ -d precious ]
  job "rootfs-run -- no-such-program <forged.json"
  [ "$status" != 0 ]
  [ -d precious ]
}

@test "a layer that leads out of its root changes nothing outside" {
  command -v python3 || skip "python3 is not installed"
  local kind
  export OUTSIDE=$WORK/outside
  mkdir outside
  echo safe >outside/victim
  for kind in dotdot absolute symlink parent hardlink hardlink-dotdot \
    whiteout; do
    rm -rf layout store
    python3 "$BATS_TEST_DIRNAME/evil.py" $kind layout
    job 'image-get oci:layout | layer-unpack'
    [ "$(cat outside/victim)" = safe ]
    [ "$(ls outside)" = victim ]
    # Within the root it is no harm; else the line names the entry.
    case $kind in
      dotdot | hardlink | hardlink-dotdot)
        expect 1 'layer-unpack: layer sha256:' entry
        [ -z "$output" ]
        assert_no_layer
        ;;
      *)
        [ "$status" = 0 ] || expect 1 'layer-unpack: layer sha256:' entry
        ;;
    esac
    job "image-get oci:layout | layer-unpack | overlay-mount |
      rootfs-run -- /sbin/init"
    [ "$status" = 125 ] || [ "$status" = 127 ]
    [ "$(cat outside/victim)" = safe ]
  done
}
