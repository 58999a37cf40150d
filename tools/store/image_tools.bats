# Images in the store: tagged, removed, looked at, saved and loaded.

load store.bash

setup_file() { prepare_file; }

setup() {
  prepare
  image-load "$IMAGES/docker-save.tar" >loaded
}

@test "image-load takes every image of an archive, with its names" {
  [ "$(sort loaded)" = "$(printf '%s\n' \
    'Loaded image: 127.0.0.1:5055/team/fixture:1' 'Loaded image: fixture:1')" ]
  [ "$(image-list -q --no-trunc)" = "$DOCKER_ID" ]
  [ "$(layers | wc -l)" = 4 ]
  store-check
}

@test "the layers' facts are those that dockerd wrote of the same layers" {
  mkdir docker
  tar -C docker --no-same-owner -xf "$IMAGES/dockerd-store.tar" image
  for layer in $(layers); do
    for fact in diff parent size; do
      [ ! -e "docker/image/overlay2/layerdb/sha256/$layer/$fact" ] ||
        cmp {docker,store}/image/overlay2/layerdb/sha256/"$layer/$fact"
    done
    cmp <(zcat docker/image/overlay2/layerdb/sha256/"$layer"/tar-split.json.gz) \
      <(zcat store/image/overlay2/layerdb/sha256/"$layer"/tar-split.json.gz)
  done
}

@test "image-load reads pipes, gzip, zstd and layouts; --tag names the image" {
  for form in cat 'gzip -1' 'zstd -1'; do
    rm -rf store
    $form <"$IMAGES/docker-save.tar" | image-load -q >out
    [ "$(cat out)" = "$DOCKER_ID" ]
    [ -n "$(image-list -q fixture)" ]
  done
  image-load --tag=app:2 "$IMAGES/oci-archive.tar"
  [ "$(image-list -q --no-trunc app)" = "$SKOPEO_ID" ]
  mkdir layout
  tar -C layout --strip-components=1 -xf "$IMAGES/oci-layout-zstd.tar"
  image-load --tag=zstd oci:layout:fixture-1
  [ "$(image-list -q --no-trunc zstd)" = "$SKOPEO_ID" ]
  # The same layers, compressed or not, are there once.
  [ "$(layers | wc -l)" = 4 ]
  store-check
}

@test "what image-save writes has the layers' bytes, and image-load takes it" {
  for format in docker-archive oci-archive; do
    image-save --format=$format --output=saved.tar fixture:1
    mkdir $format
    tar -C $format -xf saved.tar
    for blob in "$format"/blobs/sha256/*; do
      [ "$(sha256sum <"$blob" | cut -d' ' -f1)" = "${blob##*/}" ]
    done
    [ "$(image-load -q --store=$format.store saved.tar)" = "$DOCKER_ID" ]
    [ "$(image-list -q --store=$format.store fixture:1)" = 84897748be77 ]
    store-check --store=$format.store
    image-save --format=$format fixture:1 | cmp - saved.tar
  done
  image-save --format=oci --output=layout fixture:1
  [ "$(image-load -q --store=oci.store oci:layout:1)" = "$DOCKER_ID" ]
  find layout -type f -exec sha256sum {} + | sort >before
  image-save --format=oci --output=layout fixture:1
  find layout -type f -exec sha256sum {} + | sort | cmp - before
  mkdir full
  touch full/file
  says 1 "write full: is a directory with files in it and no OCI layout" \
    image-save --format=oci --output=full fixture:1
  [ "$(ls -A full)" = file ]
  [ -z "$(find . -name '*.tmp')" ]
}

@test "several images are saved with the layers that they share once" {
  image-tag fixture:1 other:1
  small_image small:1
  image-save -o all.tar fixture:1 other:1 small:1
  [ -z "$(tar -tf all.tar | sort | uniq -d)" ]
  # Two configs, two manifests, five layers.
  [ "$(tar -tf all.tar | grep -c 'blobs/sha256/.')" = 9 ]
  rm -rf store
  image-load all.tar
  [ "$(image-list --json | wc -l)" = 3 ]
}

@test "image-tag gives names, and takes them from other images" {
  small=$(small_image small:1)
  image-tag fixture:1 registry.example:5000/team/app:x
  image-tag 84897748 app
  [ "$(image-inspect --get=RepoTags app:latest)" = \
    '["127.0.0.1:5055/team/fixture:1","app:latest","fixture:1","registry.example:5000/team/app:x"]' ]
  image-tag "$small" app
  [ "$(image-list -q --no-trunc app)" = "$small" ]
  says 1 "find image 'none'" image-tag none app
  says 1 "Upper" image-tag small:1 Upper
  says 1 "a digest cannot be given" image-tag small:1 "x@$small"
}

@test "image-remove takes a name, and with the last one the image" {
  small=$(small_image small:1)
  [ "$(image-remove fixture:1)" = "Untagged: fixture:1" ]
  [ "$(layers | wc -l)" = 5 ]
  image-remove 127.0.0.1:5055/team/fixture:1 >removed
  [ "$(head -n 2 removed)" = "Untagged: 127.0.0.1:5055/team/fixture:1
Deleted: $DOCKER_ID" ]
  [ "$(grep -c ^Deleted: removed)" = 5 ]
  [ "$(image-list -q --no-trunc)" = "$small" ]
  [ "$(layers | wc -l)" = 1 ]
  [ "$(find store/overlay2/l -mindepth 1 | wc -l)" = 1 ]
  store-check
  says 1 "find image 'fixture:1'" image-remove fixture:1
}

@test "image-remove by id takes all names of one repository only" {
  says 1 "several repositories (--force)" image-remove 84897748be77
  image-remove -f 84897748be77 >removed
  [ "$(grep -c ^Untagged: removed)" = 2 ]
  [ -z "$(layers)" ]
  store-check
}

@test "image-remove leaves what a container or another image needs" {
  rm -rf store
  mkdir store
  tar -C store --no-same-owner -xf "$IMAGES/dockerd-store.tar"
  mkdir -p store/containers/aaaabbbbccccdddd
  echo "{\"Image\":\"$DOCKER_ID\",\"State\":{\"Running\":false}}" \
    >store/containers/aaaabbbbccccdddd/config.v2.json
  image-remove fixture:1
  says 1 "the stopped container aaaabbbbcccc was made of it (--force)" \
    image-remove 127.0.0.1:5055/team/fixture:1
  sed -i s/false/true/ store/containers/aaaabbbbccccdddd/config.v2.json
  says 1 "the running container" image-remove 84897748be77
  says 1 "was built on it" image-remove -f 6d55785e6564
  rm -r store/containers
  # The nameless images that it was built on go with it.
  image-remove 127.0.0.1:5055/team/fixture:1 >removed
  [ "$(grep -c ^Deleted: removed)" -ge 14 ]
  [ -z "$(find store/image/overlay2/imagedb/content/sha256 -type f \
    ! -name 'fef1e35*')" ]
}

@test "a live dockerd's store is read and not written to" {
  mkdir -p store/volumes
  touch store/volumes/metadata.db
  exec 9<>store/volumes/metadata.db
  flock -x 9
  picture >before
  image-list -q
  image-inspect fixture:1 >/dev/null
  image-save fixture:1 >/dev/null
  says 1 "a dockerd runs on it" image-tag fixture:1 app
  says 1 "a dockerd runs on it" image-remove fixture:1
  says 1 "a dockerd runs on it" store-gc
  says 1 "a dockerd runs on it" store-check --repair
  picture | cmp - before
  exec 9<&-
  image-tag fixture:1 app
}

@test "other engines' stores get a word of their own" {
  mkdir -p c8d/rootfs/overlayfs podman/overlay-images
  says 1 "keeps images in containerd" image-list --store=c8d
  says 1 "keeps images in containerd" store-check --store=c8d
  says 1 "it is podman's" image-list --store=podman
  [ "$(find c8d podman | wc -l)" = 5 ]
}

@test "image-inspect has docker's form" {
  rm -rf store
  mkdir store
  tar -C store --no-same-owner -xf "$IMAGES/dockerd-store.tar"
  # But for the directory that holds the layers.
  image-inspect fixture:1 | sed "s|$PWD/store|/var/lib/docker|g" >ours
  python3 - ours "$IMAGES/docker-image-inspect.json" <<'END'
import json, sys
ours, docker = (json.load(open(name)) for name in sys.argv[1:])
assert json.dumps(ours) == json.dumps(docker), (ours, docker)
END
  [ "$(image-inspect --get=Config.Env.1 fixture:1)" = GREETING=hello ]
  [ "$(image-inspect --json fixture:1 84897748 | wc -l)" = 2 ]
  says 1 "Nope" image-inspect --get=Config.Nope fixture:1
}

@test "image-history has docker's lines" {
  rm -rf store
  mkdir store
  tar -C store --no-same-owner -xf "$IMAGES/dockerd-store.tar"
  [ "$(image-history --json fixture:1 | wc -l)" = 14 ]
  image-history --json --no-trunc fixture:1 | head -n 1 >first
  grep -qF "\"id\":\"$DOCKER_ID\"" first
  grep -qF '"createdBy":"/bin/sh -c #(nop)  CMD [\"world\"]"' first
  [[ $(image-history fixture:1) == IMAGE*84897748be77*'CMD ["world"]'*0B* ]]
}

@test "a read-only store is read" {
  mount --bind store store || skip "cannot mount"
  mount -o remount,ro,bind store
  image-list -q >list || failed=1
  image-save fixture:1 >saved.tar || failed=1
  store-check || failed=1
  store-usage >usage || failed=1
  says 1 "Read-only file system" image-tag fixture:1 app || failed=1
  umount store
  [ -z "$failed" ]
  [ "$(cat list)" = 84897748be77 ]
}

@test "bad archives leave nothing of an image" {
  rm -rf store
  head -c 2000000 "$IMAGES/docker-save.tar" >short.tar
  says 1 "truncated" image-load short.tar
  echo no archive >text
  says 1 "text" image-load text
  says 1 "no archive" image-load "$IMAGES/docker-export.tar"
  says 1 "none.tar" image-load none.tar
  says 2 "" image-save
  says 1 "format 'zip'" image-save --format=zip x
  [ -z "$(image-list -q)" ]
}
