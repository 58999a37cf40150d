# shellcheck disable=SC2016,SC2030,SC2031 # bats; scripts for the containers' shells
# Containers that share namespaces, and what is recorded of it.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  [ -x /bin/busybox ] || skip "/bin/busybox is missing (busybox-static)"
  PATH=$PWD/tools/ns:$PWD/tools/rootfs:$PWD/tools/container:$PATH
  WORK=$(realpath "$BATS_TEST_TMPDIR")
  if [ "$(stat -f -c %T "$WORK")" = overlayfs ]; then
    WORK=$(mktemp -d /dev/shm/ns-join.XXXXXX)
  fi
  cd "$WORK" || return
  export CLEAT_RUN=$WORK/run CLEAT_STORE=$WORK/store
  mkdir -p root/bin
  cp /bin/busybox root/bin
  for applet in sh hostname readlink sleep true; do ln -s busybox "root/bin/$applet"; done
  overlay-mount --lower=root | cat >root.json
  rootfs-run --input=root.json --name=web --detach --hostname=inside \
    --output=web.json -- sleep 1000
  WEB=$(sed 's/.*"id":"\([0-9a-f]*\)".*/\1/' web.json)
  INIT=$(sed 's/.*"init":{"pid":\([0-9]*\),.*/\1/' web.json)
}

teardown() {
  [ ! -d "$CLEAT_RUN" ] || (
    cd "$CLEAT_RUN" && unwind -- ????????????????????????????????????????????????????????????????
  )
  case $WORK in /dev/shm/*) rm -rf "$WORK" ;; esac
}

# links KIND...: of the container web.
links() {
  local kind
  for kind; do readlink "/proc/$INIT/ns/$kind"; done
}

@test "what is shared is the same inside, everything else is new" {
  run bash -c 'ns-join --net --ipc --uts --from=web <root.json | rootfs-run -- sh -c "
    for kind in net ipc uts mnt pid; do readlink /proc/self/ns/\$kind; done; hostname"'
  echo "$output"
  [ "$status" = 0 ]
  [ "${lines[*]:0:3}" = "$(links net ipc uts | paste -sd ' ')" ]
  [ "${lines[3]}" != "$(links mnt)" ]
  [ "${lines[4]}" != "$(links pid)" ]
  [ "${lines[5]}" = inside ]
}

@test "processes of one PID namespace see each other" {
  run bash -c 'ns-join --pid --from=web <root.json | rootfs-run -- sh -c "readlink /proc/1/exe; readlink /proc/self/ns/pid"'
  [ "$output" = "/bin/busybox"$'\n'"$(links pid)" ]
}

@test "the document says what is joined, and of whom" {
  ns-join --net --from=web <root.json | cat >joined.json
  local inode
  inode=$(stat -Lc %i "/proc/$INIT/ns/net")
  run grep -o '"namespaces":.*' joined.json
  [[ "$output" =~ ^'"namespaces":{"state":{"namespaces":[{"kind":"net","path":"/proc/'$INIT'/ns/net","inode":'$inode',"holder":{"pid":'$INIT',"startTime":'[0-9]+'},"container":"'$WEB'"}]}}}'$ ]]
  run grep -c '"steps":\[{"tool":"ns-join","needs":"'"$WEB"'"}\]' joined.json
  [ "$output" = 1 ]
  unwind <joined.json
}

@test "a container that is needed is not undone before who needs it" {
  ns-join --net --from=web --name=cache <root.json | rootfs-run --detach --output=cache.json -- sleep 1000
  run unwind --id=web
  [ "$status" = 1 ]
  [ "$output" = "unwind: container web is needed by cache (undo that first, or both together: unwind cache web)" ]
  [ "$(ns-enter --id=web hostname)" = inside ]
  unwind --id=cache
  unwind --id=web
  [ ! -e "/proc/$INIT" ]
}

@test "both are undone together, in whichever order they are named" {
  ns-join --net --from=web.json --name=cache <root.json | rootfs-run --detach --output=cache.json -- sleep 1000
  unwind web cache
  [ -z "$(find "$CLEAT_RUN" -mindepth 1 -maxdepth 1 ! -name names)" ]
}

@test "a run that has ended needs nothing any more" {
  ns-join --net --from=web <root.json | rootfs-run -- true
  unwind --id=web
  [ ! -e "/proc/$INIT" ]
}

@test "a template is joined anew by each of its runs, which record it" {
  ns-join --defer --net --from=web <root.json | cat >template.json
  run grep -c '"id"\|steps' template.json
  [ "$output" = 0 ]
  rootfs-run --input=template.json --name=one --detach --output=one.json -- sleep 1000
  rootfs-run --input=template.json --name=two --detach --output=two.json -- sleep 1000
  run unwind web
  [[ "$output" == *"web is needed by one, two ("* ]]
  unwind one two web
}

@test "namespaces of files, processes and pins need no container" {
  unshare --net --ipc --uts sh -c 'readlink /proc/self/ns/net /proc/self/ns/ipc >links; : >ready; exec sleep 1000' 3>&- &
  local holder=$!
  until [ -e ready ]; do sleep 0.02; done
  local net ipc
  net=$(head -1 links)
  ipc=$(tail -1 links)
  run bash -c "ns-join --target=$holder --ipc --net=/proc/$holder/ns/net <root.json | rootfs-run -- sh -c 'readlink /proc/self/ns/net; readlink /proc/self/ns/ipc'"
  local by_target=$output
  ns-pin --target=$holder --net test-pin >/dev/null
  kill $holder
  run bash -c "ns-join --pin=test-pin --net <root.json | rootfs-run -- readlink /proc/self/ns/net"
  local by_pin=$output
  ns-pin --release test-pin
  [ "$by_target" = "$net"$'\n'"$ipc" ]
  [ "$by_pin" = "$net" ]
}

@test "an ordinary user's containers share, in the user namespace of the first" {
  local dir
  dir=$(mktemp -d /dev/shm/ns-join.XXXXXX)
  chmod 755 "$dir"
  cp "$(command -v ns-join)" "$(command -v rootfs-run)" "$(command -v overlay-mount)" "$(command -v unwind)" "$dir"
  cp -a root "$dir"
  install -d -o 65534 -m 700 "$dir/own"
  cat >"$dir/script" <<'EOF'
cd "$1/own" || exit
export PATH=$1:$PATH CLEAT_RUN=$1/own/run CLEAT_STORE=$1/own/store HOME=$1/own
cp -r "$1/root" root
overlay-mount --lower=root | cat >root.json
rootfs-run --input=root.json --name=web --detach --output=web.json -- sleep 1000 || exit
ns-join --net --ipc --from=web <root.json |
  rootfs-run -- sh -c 'readlink /proc/self/ns/user; readlink /proc/self/ns/net; readlink /proc/self/ns/ipc'
init=$(sed 's/.*"init":{"pid":\([0-9]*\),.*/\1/' web.json)
readlink "/proc/$init/ns/user" "/proc/$init/ns/net" "/proc/$init/ns/ipc"
unwind web
EOF
  run setpriv --reuid=65534 --regid=65534 --clear-groups sh "$dir/script" "$dir"
  rm -rf "$dir"
  echo "$output"
  [ "${#lines[@]}" -ge 6 ]
  [ "${lines[*]: -6:3}" = "${lines[*]: -3}" ]
}

@test "what has gone meanwhile is not joined" {
  ns-join --defer --net --from=web <root.json | cat >template.json
  unwind web
  run rootfs-run --input=template.json -- true
  [ "$status" = 125 ]
  [[ "$output" == "rootfs-run: container ${WEB:0:12} is gone" ]]
  [ -z "$(find "$CLEAT_RUN" -mindepth 1 -maxdepth 1 ! -name names)" ]
}

# fails TEXT ARGUMENT...
fails() {
  local text=$1
  shift
  run ns-join "$@" <root.json
  echo "$output"
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 1 ]
  [[ "$output" == "ns-join: "*"$text"* ]]
}

@test "wrong use is one line, and records nothing" {
  fails "no namespace is named (--net, --ipc" --from=web
  fails "--net: whose?" --net
  fails "--mount: a container always has a mount namespace of its own" --mount --from=web
  fails "--from, --target and --pin exclude each other" --net --from=web --target=1
  fails "nobody" --net --from=nobody
  fails "there is no process 4194303" --net --target=4194303
  fails "/etc/passwd: no namespace" --net=/etc/passwd
  fails "give a file, --target or --pin: nothing keeps a number" --net="$(stat -Lc %i "/proc/$INIT/ns/net")"
  run unwind --dry-run web
  [[ "$output" != *needed* ]]
  unwind web
}
