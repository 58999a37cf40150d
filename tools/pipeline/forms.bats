# The main job on one image in every form that real engines write, and the
# root that the container sees beside what umoci, docker and podman make of it.

load pipeline.bash

setup_file() {
  prepare_file
  tar -xf "$IMAGES/oci-layout-zstd.tar" -C "$BATS_FILE_TMPDIR"
  tar -xf "$IMAGES/oci-layout-registry-docker-v2s2.tar" -C "$BATS_FILE_TMPDIR"
}

setup() { prepare; }

teardown() {
  [ -z "${PODMAN_RUN:-}" ] || rm -rf "$PODMAN_RUN"
  finish
}

# reference FORM: how image-get is told of it.
reference() {
  case $1 in
    oci) echo "$OCI:fixture-1" ;;
    oci-zstd) echo "oci:$BATS_FILE_TMPDIR/oci-zstd:fixture-1" ;;
    oci-registry) echo "oci:$BATS_FILE_TMPDIR/oci-registry:fixture-1" ;;
    oci-archive) echo "oci-archive:$IMAGES/oci-archive.tar" ;;
    docker) echo "docker-archive:$IMAGES/docker-save.tar:fixture:1" ;;
  esac
}

# mounted REFERENCE COMMAND...: with its root at $WORK/root.
mounted() {
  local result=0
  mkdir -p root
  image-get "$1" | layer-unpack | overlay-mount --at=root >mounted.json
  shift
  "$@" || result=$?
  unwind <mounted.json
  return $result
}

# The issue's job, and all that it prints.
run_main_job() {
  job "image-get $(reference "$1") | layer-unpack | overlay-mount --name=web |
    $LIMITS | rootfs-run --hostname=web -- /bin/sh -c \
    'hostname; id; cat /proc/1/cgroup; ls /; cat /usr/share/hello.sh'"
  expect 0
  [ "$(head -n 2 out | tr '\n' '!')" = 'web!uid=1000(app) gid=50(staff) groups=50(staff)!' ]
  # The container sees its own group as the root of all.
  grep -qE '^[0-9]+:.*:/$' out
  if grep -E '^[0-9]+:.*:/.+$' out; then false; fi
  tr '\n' ' ' <out | grep -q ' bin dev etc odd proc sys tmp usr var '
  [ "$(tail -n 1 out)" = 'echo "$GREETING $1"; id; pwd' ]
}

@test "the main job on an OCI layout of gzip layers" { run_main_job oci; }
@test "the main job on an OCI layout of zstd layers" { run_main_job oci-zstd; }
@test "the main job on a layout with Docker's manifest" {
  run_main_job oci-registry
}
@test "the main job on an OCI archive" { run_main_job oci-archive; }
@test "the main job on a docker save archive" { run_main_job docker; }

@test "without a program the image's own runs, and --args replaces its command" {
  job "image-get $OCI | layer-unpack | overlay-mount | rootfs-run"
  expect 0
  [ "$(tr '\n' '!' <out)" = \
    "hello world!uid=1000(app) gid=50(staff) groups=50(staff)!/var/lib/app!" ]
  job "image-get $OCI | layer-unpack | overlay-mount | rootfs-run --args=you"
  expect 0
  [ "$(head -n 1 out)" = "hello you" ]
}

@test "the ImageID is the same in all forms, and the layers' DiffIDs" {
  local form
  for form in oci oci-zstd oci-registry oci-archive docker; do
    image-get "$(reference $form)" >$form.json
    [ "$(get image.state.layers.3.diffId $form.json)" = \
      sha256:d1e999e41a838dc8a8ec53e02aab2401854710eb384a59648d31d6a13b47062b ]
    # skopeo writes a config of its own, and with it a new ImageID.
    local id=$SKOPEO_ID
    [ $form != docker ] || id=$DOCKER_ID
    [ "$(get image.state.id $form.json)" = "$id" ]
  done
}

@test "one form's layers are all others', put in the store once" {
  local form
  root >/dev/null
  find store/overlay2 store/image/overlay2/layerdb >before
  for form in oci-zstd oci-registry oci-archive docker; do
    image-get "$(reference $form)" | layer-unpack >$form.json
  done
  find store/overlay2 store/image/overlay2/layerdb | cmp - before
}

@test "the root is umoci's, in every form" {
  local form
  for form in oci oci-zstd oci-registry oci-archive docker; do
    rm -rf store
    mounted "$(reference $form)" \
      compare dir:root "mtree:$IMAGES/umoci-unpack.mtree"
  done
}

@test "the root is docker export's" {
  # docker makes mount points and files for what it mounts.
  mounted "$OCI" compare dir:root "tar:$IMAGES/docker-export.tar" \
    --except=. --except=.dockerenv --except=dev --except=proc --except=sys \
    --except=etc@mtime --except=etc/hostname --except=etc/hosts \
    --except=etc/mtab --except=etc/resolv.conf
}

@test "the root is what umoci unpacks here" {
  command -v umoci || skip "umoci is not installed"
  umoci unpack --image "$BATS_FILE_TMPDIR/oci:fixture-1" bundle 2>umoci.err ||
    skip "umoci: $(cat umoci.err)"
  mounted "$OCI" compare dir:root dir:bundle/rootfs
}

@test "the root is what podman mounts here" {
  command -v podman || skip "podman is not installed"
  # Its run root must not be longer than 50 characters.
  PODMAN_RUN=$(mktemp -d /tmp/run.XXXXXX)
  local store=(--root "$WORK/podman" --runroot "$PODMAN_RUN"
    --storage-driver=vfs)
  podman "${store[@]}" pull -q "docker-archive:$IMAGES/docker-save.tar" \
    >podman.id 2>podman.err ||
    skip "podman: $(tail -n 1 podman.err)"
  podman "${store[@]}" image mount "$(tail -n 1 podman.id)" >podman.at
  mounted "$OCI" compare dir:root "dir:$(cat podman.at)" \
    --except=. || failed=1
  podman "${store[@]}" image umount --all >/dev/null
  [ -z "${failed:-}" ]
}

@test "skopeo copies an image and image-get reads it, as archive and layout" {
  command -v skopeo || skip "skopeo is not installed"
  local form
  for form in oci-archive:a.tar:x oci:layout:x; do
    skopeo copy -q "docker-archive:$IMAGES/docker-save.tar:fixture:1" "$form"
    [ "$(image-get "$form" | get image.state.id)" = "$SKOPEO_ID" ]
  done
  skopeo copy -q "$OCI" docker-archive:d.tar:x:1
  mounted docker-archive:d.tar compare dir:root \
    "mtree:$IMAGES/umoci-unpack.mtree"
}

@test "the running container sees the same root" {
  limited | rootfs-run --detach --output=web.json -- sleep 1000
  local init result=0
  init=$(get process.state.init.pid web.json)
  # It has been given the places to mount on.
  compare "dir:/proc/$init/root" "mtree:$IMAGES/umoci-unpack.mtree" \
    --except=.@mtime --except=dev --except=proc --except=sys \
    --except=etc@mtime --except=etc/hostname --except=etc/hosts \
    --except=etc/resolv.conf || result=1
  unwind <web.json
  return $result
}
