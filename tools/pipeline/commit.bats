# Images made of containers and of images: layer-commit, layer-diff,
# image-append, image-config, image-diff and image-export on real pipelines.
# shellcheck disable=SC2016

bats_require_minimum_version 1.5.0

load pipeline.bash

setup_file() { prepare_file; }
setup() {
  prepare
  unset SOURCE_DATE_EPOCH
}
teardown() {
  [ -z "${PLACE:-}" ] || rm -rf "$PLACE"
  finish
}

# The directory of the top layer of a document's image.
top_layer() { grep -o '"path":"[^"]*/diff"' "$1" | tail -n 1 | cut -d'"' -f4; }

# step FROM TO SCRIPT [OPTION...]: a build step, of layer-commit's options.
base() { root --output=base.json; }
step() {
  overlay-mount --input="$1" | rootfs-run --user=root --emit -- sh -ec "$3" |
    layer-commit --output="$2" "${@:4}"
}

@test "a build step becomes a layer with what it wrote, and nothing else" {
  base
  step base.json app.json 'echo made >/made; rm /etc/passwd; mkdir -p /opt/x; chmod 700 /opt/x' \
    --tag=app:1 --cmd=/bin/app --env=A=1 --label=k=v --message="a step" --author=me
  [ "$(container-list --quiet | wc -l)" = 0 ]
  top=$(top_layer app.json)
  (cd "$top" && find . -mindepth 1 -printf '%y %m %p\n' | LC_ALL=C sort -k3) >files
  printf '%s\n' 'd 755 ./etc' 'c 0 ./etc/passwd' 'f 644 ./made' 'd 755 ./opt' 'd 700 ./opt/x' >wanted
  diff <(sed 's/^c [0-9]*/c 0/' files) wanted
  rootfs-run --input=app.json --user=0 -- sh -c 'cat /made; echo $A; test ! -e /etc/passwd' >out
  printf 'made\n1\n' | cmp - out
  image-list | grep -q '^app *1 '
  image-get app:1 | container-inspect --get=image.state.config.cmd | grep -qF '["/bin/app"]'
  image-get app:1 | container-inspect --get=image.state.config.labels.k | grep -q v
  id=$(container-inspect --get=image.state.id <app.json)
  config=store/image/overlay2/imagedb/content/sha256/${id#sha256:}
  grep -q '"created_by":"sh -ec echo made' "$config"
  grep -q '"author":"me","comment":"a step"' "$config"
}

@test "an image of a step is recorded as built on the one before, as docker does" {
  image-load -q "$IMAGES/oci-archive.tar" >id
  image-get "$(cat id)" | layer-unpack | overlay-mount --output=base.json
  step base.json 1.json 'echo 1 >/one'
  step 1.json 2.json 'echo 2 >/two' --tag=app:2
  # Each layer was made in one pass, and its archive can be had.
  store-check
  metadata=store/image/overlay2/imagedb/metadata/sha256
  first=$(get image.state.id 1.json)
  second=$(get image.state.id 2.json)
  [ "$(cat "$metadata/${first#sha256:}/parent")" = "$(cat id)" ]
  [ "$(cat "$metadata/${second#sha256:}/parent")" = "$first" ]
  [ "$(stat -c %a "$metadata/${second#sha256:}/parent")" = 600 ]
  run -1 image-remove "$(cat id)"
  [[ $output == *"was built on it"* ]]
  # The step between has no name and goes with what was built on it.
  image-remove app:2 >removed
  [ "$(grep -c "Deleted: $second\|Deleted: $first" removed)" = 2 ]
  store-check
}

@test "an image that is only read from elsewhere is nobody's parent" {
  base
  step base.json 1.json 'echo 1 >/one'
  id=$(get image.state.id 1.json)
  [ ! -e "store/image/overlay2/imagedb/metadata/sha256/${id#sha256:}/parent" ]
}

@test "steps chain, also without overlay-mount between them" {
  base
  step base.json 1.json 'echo 1 >/one'
  step 1.json 2.json 'cat /one; echo 2 >/two'
  rootfs-run --input=2.json --user=root --emit -- sh -ec 'rm /one' | layer-commit --output=3.json
  rootfs-run --input=3.json --user=root -- sh -c 'cat /two; test ! -e /one'
  [ "$(container-inspect --get=layers.state.layers <3.json | grep -o diffId | wc -l)" = \
    $(($(container-inspect --get=layers.state.layers <base.json | grep -o diffId | wc -l) + 3)) ]
}

@test "a step that writes nothing makes a line of history and no layer" {
  base
  step base.json same.json 'cat /etc/hosts /etc/resolv.conf >/dev/null; chmod 644 /etc/passwd'
  diff <(container-inspect --get=layers <base.json) <(container-inspect --get=layers <same.json)
  id=$(container-inspect --get=image.state.id <same.json)
  grep -q '"empty_layer":true}\]' "store/image/overlay2/imagedb/content/sha256/${id#sha256:}"
}

@test "a step that fails leaves no container, no layer and no image" {
  base
  find store -name '????????????????????????????????*' | LC_ALL=C sort >before
  job 'rootfs-run --input=base.json --user=root --emit -- sh -c "echo >/x; exit 3" | layer-commit --tag=x:1'
  [ "$status" = 3 ]
  [[ $error == "layer-commit: no document came on standard input" ]]
  job 'rootfs-run --input=base.json --user=root --emit -- touch /x | layer-commit --tag=UPPER:1'
  [ "$status" = 1 ]
  [[ $error == *"UPPER"* ]]
  job 'rootfs-run --input=base.json --user=root --emit -- touch /x | layer-commit --env=NOVALUE'
  [ "$status" = 1 ]
  [[ $error == "layer-commit: --env 'NOVALUE': give NAME=VALUE" ]]
  find store -name '????????????????????????????????*' | LC_ALL=C sort | diff before -
  [ -z "$(ls store/overlay2/cleat-tmp)" ]
}

@test "what has not run, runs still or has no upper directory is refused" {
  base
  run -1 layer-commit --input=base.json
  [ "$output" = "layer-commit: the container has not run yet (rootfs-run --emit writes such a document)" ]
  job 'root --tmpfs | rootfs-run --user=root --emit -- touch /x | layer-commit'
  [[ $error == *"the container has no upper directory"* ]]
  rootfs-run --input=base.json --name=web --detach --output=web.json --user=root -- sh -c 'touch /x; sleep 1000'
  run -1 layer-commit --id=web
  [[ $output == "layer-commit: the container runs, as process "*"(container-stop ends its program)" ]]
  until layer-diff --id=web | grep -qx 'A /x'; do sleep 0.05; done
  unwind --grace=0 --id=web
}

@test "--keep leaves the container, which layer-diff can look at" {
  base
  rootfs-run --input=base.json --user=root --emit --keep -- sh -ec 'echo >/new; rm -r /var/lib; chmod 600 /etc/group' >ended.json
  layer-diff --input=ended.json >changes
  printf '%s\n' 'C /etc' 'C /etc/group' 'A /new' 'C /var' 'D /var/lib' | cmp - changes
  layer-diff --json --input=ended.json | grep -qF '"path":"/etc/group","differs":["mode"]'
  layer-commit --input=ended.json --keep --tag=kept:1 >/dev/null
  layer-diff --input=ended.json | cmp - changes
  unwind --grace=0 <ended.json
}

@test "the same Makefile build gives the same digests, in another place, by another user and with other threads" {
  export SOURCE_DATE_EPOCH=1500000000
  cat >Makefile <<'M'
all: app.json layer.json
base.json:
	image-get $(OCI) | layer-unpack | overlay-mount --output=$@
tools.json: base.json
	overlay-mount --input=$< | rootfs-run --user=root --emit -- sh -ec 'mkdir /opt; date >/dev/null; \
	  seq 1 200000 >/opt/data; ln /opt/data /opt/link; chown 7:8 /opt/data; rm -r /var/lib' | layer-commit --output=$@
app.json: tools.json
	rootfs-run --input=$< --user=root --emit -- sh -ec 'echo app >/opt/app; ln -s app /opt/l' | \
	  layer-commit --cmd=/opt/app --tag=app:1 --output=$@
layer.json: app.json
	layer-pack --dir=$$(grep -o '"path":"[^"]*/diff"' $< | tail -n 2 | head -n 1 | cut -d'"' -f4) \
	  $(PACK) --threads=$(THREADS) --metadata=$@ >layer
M
  build() { # DIRECTORY THREADS USER
    mkdir -p "$1"
    cp Makefile "$1"
    if [ "$3" = 0 ]; then
      CLEAT_STORE=$1/store make -s -C "$1" THREADS="$2" PACK=--compression=gzip
      return
    fi
    chown -R "$3:$3" "$1"
    mkdir -m 0700 "$1/run"
    chown "$3:$3" "$1/run"
    echo "$3:600000:4000000" >"$1/subid"
    echo "me:x:$3:$3::$1:/bin/sh" >"$1/passwd"
    env -u CLEAT_RUN -u CLEAT_TRACE CLEAT_STORE="$1/store" XDG_RUNTIME_DIR="$1/run" HOME="$1" \
      unshare --mount --propagation=private sh -ec 'for file in /etc/subuid /etc/subgid; do
        mount --bind "$1/subid" $file; done
      mount --bind "$1/passwd" /etc/passwd
      exec setpriv --reuid="$3" --regid="$3" --clear-groups \
        make -s -C "$1" THREADS="$2" PACK=--compression=gzip' build "$1" "$2" "$3"
  }
  build "$WORK/a" 1 0
  build "$WORK/deep/er/b" 2 0
  cmp a/layer deep/er/b/layer
  cmp a/layer.json deep/er/b/layer.json
  for get in image.state.id image.state.layers; do
    diff <(container-inspect --get=$get <a/app.json) <(container-inspect --get=$get <deep/er/b/app.json)
  done
  # An ordinary user, to whom the directories of the test must be open.
  command -v newuidmap >/dev/null || skip "the same for root; newuidmap is missing (uidmap)"
  setpriv --reuid=54321 --regid=54321 --clear-groups unshare --user --map-root-user true ||
    skip "the same for root; ordinary users may not make user namespaces"
  PLACE=$(mktemp -d /var/tmp/commit.XXXXXX)
  mkdir "$PLACE/bin"
  cp -L "$BATS_FILE_TMPDIR/bin/layer-commit" "$PLACE/bin/cleat"
  for tool in $("$PLACE/bin/cleat" help --list); do ln -s cleat "$PLACE/bin/$tool"; done
  cp -r "$BATS_FILE_TMPDIR/oci" "$PLACE"
  chmod -R a+rX "$PLACE"
  PATH=$PLACE/bin:$PATH OCI=oci:$PLACE/oci build "$PLACE/c" 2 54321
  container-inspect --get=image.state.id <"$PLACE/c/app.json" >theirs
  container-inspect --get=image.state.id <a/app.json | diff - theirs
}

@test "image-append puts archives and directories on an image" {
  mkdir -p tree/opt
  echo 1 >tree/opt/one
  layer-pack --dir=tree --compression=zstd >one.tar.zst
  echo 2 >tree/opt/one
  export SOURCE_DATE_EPOCH=1500000000
  id=$(image-append --tag=more:1 --workdir=/opt "$OCI" one.tar.zst tree)
  [ "$id" = "$(image-append --workdir=/opt "$OCI" one.tar.zst tree)" ]
  image-export more:1 /opt/one | diff - <(echo 2)
  image-get more:1 | layer-unpack | overlay-mount | rootfs-run --user=root -- sh -c 'pwd; cat one' >out
  printf '/opt\n2\n' | cmp - out
  image-diff "$OCI" more:1 >changes
  printf '%s\n' 'A /opt' 'A /opt/one' | cmp - changes
  echo text >text
  run ! image-append "$OCI" text
  run -1 image-append "$OCI" none.tar
  [[ $output == "image-append: layer none.tar: open none.tar: No such file"* ]]
  [ -z "$(ls store/overlay2/cleat-tmp)" ]
}

@test "image-config changes what is named and keeps the rest to the byte" {
  export SOURCE_DATE_EPOCH=1500000000
  image-get "$OCI" | layer-unpack >doc
  id=$(image-config --entrypoint=/bin/sh --cmd= --env=NEW=1 --unset-env=GREETING --label=l=1 \
    --user=5 --expose=8080 --volume=/data --stop-signal=QUIT --author=a --tag=conf:1 "$OCI")
  image-get conf:1 | container-inspect --get=image.state.config >config
  for text in '"entrypoint":["/bin/sh"]' 'NEW=1' '"user":"5"' '"stopSignal":"QUIT"' '/data' '8080/tcp' '"l":"1"'; do
    grep -qF "$text" config
  done
  run ! grep -q 'GREETING\|"cmd"' config
  # Without an edit only the time and the history are new.
  plain=$(image-config "$OCI")
  before=$(container-inspect --get=image.state.id <doc)
  python3 - "$BATS_FILE_TMPDIR/oci/blobs/sha256/${before#*:}" \
    "store/image/overlay2/imagedb/content/sha256/${plain#*:}" <<'P'
import json, sys
old, new = (json.load(open(name)) for name in sys.argv[1:])
assert list(new)[:len(old)] == list(old), list(new)
assert new['history'].pop() == {'created': '2017-07-14T02:40:00Z',
                                'created_by': 'image-config',
                                'empty_layer': True}
old['created'] = new['created']
assert old == new
P
  run -1 image-config --expose=0 "$OCI"
  [ "$output" = "image-config: --expose '0': give PORT or PORT/tcp|udp|sctp" ]
}

@test "image-diff --why names the first difference of two builds" {
  mkdir -p a/etc b/etc
  echo 1 >a/etc/build
  echo 2 >b/etc/build
  touch -d @5 a/etc b/etc a/etc/build b/etc/build
  export SOURCE_DATE_EPOCH=1500000000
  image-append --tag=a "$OCI" a >/dev/null
  image-append --tag=b "$OCI" b >/dev/null
  image-config --tag=c --env=X=1 a >/dev/null
  [[ $(image-diff --why a b) == "layer "*": C /etc/build (content)" ]]
  image-diff a b | diff - <(printf '%s\n' 'C /etc' 'C /etc/build')
  [[ $(image-diff --why a c) == 'config: config.Env.3: absent, then "X=1"' ]]
  [ -z "$(image-diff --why a a)" ]
  run -1 image-diff --exit-code a b
  [ "${lines[1]}" = "C /etc/build" ]
  [ -z "$(image-diff a c)" ]
}

@test "image-export writes the merged root, a part of it, or one file" {
  image-export "$OCI" >root.tar
  docker_tar=$IMAGES/docker-export.tar
  diff <(tar -tf root.tar | sed 's,/$,,' | LC_ALL=C sort) \
    <(tar -tf "$docker_tar" | sed 's,/$,,' | LC_ALL=C sort | grep -vxE '\.dockerenv|etc/(hosts|hostname|resolv.conf|mtab)|dev|dev/.*|proc|sys|etc') |
    grep '^>' >missing || true
  [ ! -s missing ]
  tar -xOf root.tar etc/passwd | cmp - <(image-export "$OCI" /etc/passwd)
  image-export "$OCI" /bin/sh | head -c 4 | cmp - <(printf '\177ELF')
  image-export "$OCI" etc | tar -tf - | grep -qx etc/passwd
  run -1 image-export "$OCI" /no/such
  [ "$output" = "image-export: find '/no/such': No such file or directory" ]
  run -1 image-export --output=out "$OCI" /etc/passwd/x
  [[ $output == *"Not a directory" ]]
  [ ! -e out ]
}
