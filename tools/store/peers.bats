# Round trips with dockerd, skopeo, umoci, podman and buildah: what they load of
# ours and what we load of theirs is the same to the byte, and one store serves
# dockerd and us in turn.

# shellcheck disable=SC2030,SC2031
load store.bash
load ../pipeline/docker.bash

setup_file() { prepare_file; }

setup() {
  prepare
  image-load "$IMAGES/docker-save.tar" >/dev/null
}

teardown() {
  stop_docker
  [ -z "${PODMAN_RUN:-}" ] || rm -rf "$PODMAN_RUN"
}

# The digests of an image's layers, from whoever's archive.
layers_of() {
  mkdir "$1.d"
  tar -C "$1.d" -xf "$1"
  python3 - "$1.d" <<'END'
import hashlib, json, os, sys
top = sys.argv[1]
for image in json.load(open(top + '/manifest.json')):
    print(hashlib.sha256(open(f'{top}/{image["Config"]}', 'rb').read()).hexdigest())
    for layer in image['Layers']:
        print(hashlib.sha256(open(f'{top}/{layer}', 'rb').read()).hexdigest())
END
}

@test "dockerd loads what image-save writes, and saves what image-load takes" {
  start_docker
  needs_docker
  image-save -o ours.tar fixture:1
  [ "$(docker load -i ours.tar)" = 'Loaded image: fixture:1' ]
  [ "$(docker image inspect -f '{{.Id}}' fixture:1)" = "$DOCKER_ID" ]
  docker save -o docker.tar fixture:1
  layers_of ours.tar >ours
  layers_of docker.tar | cmp - ours
  [ "$(image-load -q --store=second docker.tar)" = "$DOCKER_ID" ]
  store-check --store=second
  image-save --store=second fixture:1 | cmp - ours.tar
  image-save --format=oci --output=layout fixture:1
  docker save fixture:1 | image-load -q --store=third
  docker rmi fixture:1
  image-save --store=third fixture:1 | docker load
  [ "$(docker image inspect -f '{{.Id}}' fixture:1)" = "$DOCKER_ID" ]
}

@test "dockerd opens our data root, and we open what it has made of it" {
  [ "$(stat -f -c %T /var/tmp)" != overlayfs ] ||
    skip "overlay2 does not work on overlayfs"
  DOCKER_DATA=$(mktemp -d /var/tmp/store.XXXXXX)
  export DOCKER_DATA CLEAT_STORE=$DOCKER_DATA
  image-load "$IMAGES/docker-save.tar" >/dev/null
  image-save fixture:1 >ours.tar
  start_docker
  if ! docker version >/dev/null 2>&1; then
    stop_docker
    rm -rf "$DOCKER_DATA"
    skip "no dockerd runs here"
  fi
  shared_store || failed=1
  stop_docker
  rm -rf "$DOCKER_DATA"
  [ -z "$failed" ]
}

# set -e does not reach in here.
shared_store() {
  [ "$(docker images -q --no-trunc | sort -u)" = "$DOCKER_ID" ] || return
  docker save -o docker.tar fixture:1 || return
  layers_of ours.tar >ours && layers_of docker.tar | cmp - ours || return
  docker image inspect fixture:1 >theirs || return
  image-inspect fixture:1 | python3 -c 'import json, sys
assert json.load(sys.stdin) == json.load(open("theirs"))' || return
  [ "$(docker run --rm --network=none --entrypoint=/bin/sh fixture:1 -c 'cat /usr/share/hello.sh')" = \
    "$(tar -xOf "$IMAGES/docker-export.tar" usr/share/hello.sh)" ] || return
  says 1 "a dockerd runs on it" image-tag fixture:1 ours:1 || return
  docker run --network=none --name=web --user=root --entrypoint=/bin/sh \
    fixture:1 -c 'echo new >/new; rm /usr/share/hello.sh' || return
  made=$(docker commit web made:1) || return
  docker save -o made.tar made:1 || return
  stop_docker
  # We, on what it left.
  store-check --fast || return
  store-check || return
  [ "$(image-list -q --no-trunc made)" = "$made" ] || return
  image-save -o ours.made.tar made:1 || return
  layers_of made.tar >theirs && layers_of ours.made.tar | cmp - theirs || return
  says 1 "the stopped container" image-remove fixture:1 \
    127.0.0.1:5055/team/fixture:1 || return
  image-tag made:1 ours:1 && image-remove made:1 || return
  start_docker
  [ "$(docker images -q --no-trunc ours:1)" = "$made" ] || return
  [ -z "$(docker images -q made)" ] || return
  [ "$(docker run --rm --network=none --entrypoint=/bin/cat ours:1 /new)" = new ] || return
  docker rm web && docker rmi ours:1 || return
  stop_docker
  store-check || return
  # The container's layers are gone, the image has lost one name.
  image-remove -f 84897748be77 && [ -z "$(image-list -q)" ] || return
  [ -z "$(ls "$DOCKER_DATA/image/overlay2/layerdb/sha256")" ]
}

@test "we open the stores that a dockerd has left" {
  start_docker
  needs_docker
  docker load -q -i "$IMAGES/docker-save.tar"
  image-save -o ours.tar fixture:1
  data=$DOCKER_ROOT/data
  pid=$(cat "$DOCKER_ROOT/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  picture "$data/image" >before
  store-check --store="$data"
  image-save --store="$data" fixture:1 | cmp - ours.tar
  [ "$(image-list -q --store="$data")" = 84897748be77 ]
  picture "$data/image" | cmp - before
}

@test "a vfs store is read and saved from, and not extended" {
  [ -x "$(command -v dockerd || ls /usr/sbin/dockerd 2>/dev/null)" ] ||
    skip "no dockerd"
  DOCKER_DRIVER=vfs start_docker
  needs_docker
  docker load -q -i "$IMAGES/docker-save.tar"
  [ "$(docker info -f '{{.Driver}}')" = vfs ] || skip "no vfs here"
  image-save -o ours.tar fixture:1
  data=$DOCKER_ROOT/data
  image-save --store="$data" fixture:1 | cmp - ours.tar
  pid=$(cat "$DOCKER_ROOT/pid")
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  store-check --store="$data"
  mkdir tree
  says 1 "vfs driver" image-import --store="$data" tree new:1
  image-tag --store="$data" fixture:1 other:1
  [ "$(image-list -q --store="$data" other)" = 84897748be77 ]
}

@test "skopeo copies what image-save writes, and we load what it writes" {
  command -v skopeo >/dev/null || skip "no skopeo"
  image-save -o ours.tar fixture:1
  image-save --format=oci-archive -o oci.tar fixture:1
  image-save --format=oci -o layout fixture:1
  skopeo copy -q docker-archive:ours.tar:fixture:1 dir:from-docker
  for source in oci-archive:oci.tar:1 oci:layout:1; do
    rm -rf from-oci
    skopeo copy -q "$source" dir:from-oci
    [ "sha256:$(sha256sum <"from-oci/${DOCKER_ID#sha256:}" | cut -d' ' -f1)" = \
      "$DOCKER_ID" ]
    rm -rf copy
    skopeo copy -q "$source" oci:copy:1
    [ "$(image-load -q --store=second oci:copy:1)" = "$DOCKER_ID" ]
  done
  skopeo copy -q docker-archive:ours.tar:fixture:1 docker-archive:theirs.tar:fixture:1
  image-load -q --store=second theirs.tar
  image-save --store=second "$DOCKER_ID" >second.tar
  layers_of second.tar >theirs
  layers_of ours.tar | cmp - theirs
}

@test "umoci unpacks the layouts that image-save writes" {
  command -v umoci >/dev/null || skip "no umoci"
  image-save --format=oci -o layout fixture:1
  [ "$(umoci ls --layout layout)" = 1 ]
  umoci unpack --image layout:1 bundle
  cmp bundle/rootfs/usr/share/hello.sh \
    <(tar -xOf "$IMAGES/docker-export.tar" usr/share/hello.sh)
}

# blobs LAYOUT: their names, each right.
blobs() {
  local blob
  for blob in "$1"/blobs/sha256/*; do
    [ "$(sha256sum <"$blob")" = "${blob##*/}  -" ] || return
    echo "${blob##*/}"
  done
}

@test "skopeo and umoci take the layouts whose layers image-save compresses" {
  command -v skopeo >/dev/null || skip "no skopeo"
  command -v umoci >/dev/null || skip "no umoci"
  image-save -o ours.tar fixture:1
  layers_of ours.tar >ours
  for format in none gzip zstd; do
    image-save --format=oci --compression=$format -o $format fixture:1
    image-save --format=oci-archive --compression=$format -o $format.tar fixture:1
    image-save --format=oci-archive --compression=$format fixture:1 |
      cmp - $format.tar
    blobs $format >in-directory
    mkdir $format.d
    tar -C $format.d -xf $format.tar
    blobs $format.d | cmp - in-directory
    for source in oci:$format:1 oci-archive:$format.tar:1; do
      rm -rf theirs
      skopeo copy -q "$source" oci:theirs:1
      for copy in "$source" oci:theirs:1; do
        rm -rf in-$format
        [ "$(image-load -q --store=in-$format "$copy")" = "$DOCKER_ID" ]
      done
    done
    store-check --store=in-$format
    image-save --store=in-$format "$DOCKER_ID" >again.tar
    layers_of again.tar | cmp - ours
    rm -r again.tar.d
    # umoci 0.4 knows no zstd.
    [ $format = zstd ] || umoci unpack --image $format:1 bundle.$format
  done
  diff -r --no-dereference bundle.none/rootfs/usr bundle.gzip/rootfs/usr
  grep -q 'layer.v1.tar+gzip' gzip/blobs/sha256/* && grep -q 'layer.v1.tar+zstd' zstd/blobs/sha256/*
  [ "$(du -s gzip | cut -f1)" -lt "$(du -s none | cut -f1)" ]
  says 1 "format 'docker-archive': its layers are not compressed" \
    image-save --compression=gzip fixture:1
}

@test "a layout of skopeo's is added to, and skopeo adds to ours" {
  command -v skopeo >/dev/null || skip "no skopeo"
  skopeo copy -q "docker-archive:$IMAGES/docker-save.tar:fixture:1" oci:layout:theirs
  cp layout/index.json before.json
  blobs layout >before
  small_image small:1
  image-save --format=oci --compression=gzip -o layout small:1
  blobs layout >after
  # A config, a manifest and a layer more, and none less.
  [ "$(comm -13 before after | wc -l)" = 3 ]
  [ -z "$(comm -23 before after)" ]
  python3 - <<'END'
import json
old, new = (json.load(open(name)) for name in ('before.json', 'layout/index.json'))
assert new['manifests'][:-1] == old['manifests'], new
assert new['manifests'][-1]['annotations']['org.opencontainers.image.ref.name'] == '1'
END
  # The same layers, uncompressed, are other blobs; a second time they are there.
  image-save --format=oci -o layout fixture:1 small:1
  blobs layout >before
  cp layout/index.json before.json
  image-save --format=oci -o layout fixture:1 small:1
  blobs layout | cmp - before
  cmp layout/index.json before.json
  skopeo copy -q oci:layout:theirs oci:layout:again
  for tag in theirs again fixture:1 small:1; do
    image-load -q --store=second "oci:layout:$tag"
  done
  store-check --store=second
  [ -z "$(find layout -name '.*' ! -name . -o -name '*.tmp')" ]
}

@test "podman and buildah load what image-save writes, and save what we load" {
  command -v podman >/dev/null || skip "no podman"
  # Its run root must not be longer than 50 characters.
  PODMAN_RUN=$(mktemp -d /tmp/run.XXXXXX)
  podman=(podman --root "$PWD/podman" --runroot "$PODMAN_RUN"
    --storage-driver vfs)
  "${podman[@]}" info >/dev/null 2>&1 || skip "podman does not work here"
  image-save -o ours.tar fixture:1
  "${podman[@]}" load -q -i ours.tar
  [ "$("${podman[@]}" image inspect -f '{{.Id}}' fixture:1)" = \
    "${DOCKER_ID#sha256:}" ]
  "${podman[@]}" save -q -o theirs.tar fixture:1
  image-load -q --store=second theirs.tar
  "${podman[@]}" save -q --format=oci-archive -o oci.tar fixture:1
  image-load -q --store=third oci.tar
  for store in second third; do
    store-check --store=$store
    [ "$(ls $store/image/overlay2/layerdb/sha256)" = "$(layers)" ]
  done
  [ -n "$(image-list -q --store=third '*/fixture')" ] ||
    image-list --store=third | grep fixture
  if command -v buildah >/dev/null; then
    image-save --format=oci-archive -o ours.oci fixture:1
    buildah --root "$PWD/podman" --runroot "$PODMAN_RUN" \
      --storage-driver vfs pull -q oci-archive:ours.oci
  fi
  "${podman[@]}" rmi -af >/dev/null
}
