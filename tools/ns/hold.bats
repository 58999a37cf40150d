# ns-unshare --hold: namespaces that a process holds for the next tool.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  unshare --mount true || skip "no mount namespace can be made here"
  PATH=$PWD/tools/ns:$PWD/tools/container:$PWD/tools/rootfs:$PATH
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
  cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
  for state in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
    unwind --id="${state##*/}"
  done 2>/dev/null
  true
}

# The holder's pid, in the document of a file.
holder_of() {
  sed 's/.*"holder":{"pid":\([0-9]*\),.*/\1/' "$1"
}

# inode_of FILE KIND: as the document has it.
inode_of() {
  sed "s/.*\"kind\":\"$2\",[^}]*\"inode\":\([0-9]*\),.*/\1/" "$1"
}

# Whether a process still runs (a zombie that nobody reaps does not).
runs() {
  grep -q '^State:.[^Z]' "/proc/$1/status" 2>/dev/null
}

@test "a process holds what is asked for, and the document names it" {
  container-new --name=pod |
    ns-unshare --hold -u -i -n -C -m --hostname=inner --loopback >pod.json
  pid=$(holder_of pod.json)
  for kind in uts ipc net cgroup; do
    [ "$(readlink "/proc/$pid/ns/$kind")" = \
      "$kind:[$(inode_of pod.json $kind)]" ]
  done
  [ "$(readlink "/proc/$pid/ns/mnt")" = "mnt:[$(inode_of pod.json mount)]" ]
  [ "$(readlink "/proc/$pid/ns/pid")" = "$(readlink /proc/self/ns/pid)" ]
  [ "$(nsenter -t "$pid" -u hostname)" = inner ]
  grep -q '"path":"/proc/'"$pid"'/ns/net"' pod.json
  grep -q '"process":{"pid":'"$pid"',' pod.json
}

@test "unwind ends the holder, any number of times" {
  container-new --name=pod | ns-unshare --hold --net >pod.json
  pid=$(holder_of pod.json)
  runs "$pid"
  unwind --id=pod
  if runs "$pid"; then false; fi
  unwind pod.json <pod.json
}

@test "of a PID namespace the holder is the first process, and reaps" {
  container-new | ns-unshare --hold --pid --mount-proc >pod.json
  pid=$(holder_of pod.json)
  [ "$(awk '/^NSpid:/ { print $NF }' "/proc/$pid/status")" = 1 ]
  nsenter -t "$pid" -p -m sh -c '(exec sleep 0 &) & wait; ps -e -o stat=' >states
  if grep -q Z states; then false; fi
  unwind <pod.json
  if runs "$pid"; then false; fi
}

@test "the clocks of a time namespace are set" {
  container-new | ns-unshare --hold --time --boottime=1000000 >pod.json
  pid=$(holder_of pod.json)
  [ "$(readlink "/proc/$pid/ns/time")" = "time:[$(inode_of pod.json time)]" ]
  [ "$(nsenter -t "$pid" -T cut -d. -f1 /proc/uptime)" -ge 1000000 ]
}

@test "the holder keeps nothing of its caller" {
  got=$(container-new | ns-unshare --hold --net | cat)
  pid=$(sed 's/.*"holder":{"pid":\([0-9]*\),.*/\1/' <<<"$got")
  for fd in "/proc/$pid/fd/"*; do
    [ "$(readlink "$fd")" = /dev/null ]
  done
  [ "$(readlink "/proc/$pid/cwd")" = / ]
  [ "$(cut -d' ' -f6 "/proc/$pid/stat")" = "$pid" ]
  unwind <<<"$got"
}

@test "an ordinary user holds namespaces in a user namespace" {
  bin=$(mktemp -d /tmp/ns-hold.XXXXXX)
  chmod 755 "$bin"
  cp "$(command -v ns-unshare)" "$(command -v container-new)" \
    "$(command -v unwind)" "$bin"
  mkdir "$bin/run"
  chown 64123 "$bin/run"
  chmod 700 "$bin/run"
  setpriv --reuid=64123 --regid=64123 --clear-groups \
    env CLEAT_RUN="$bin/run" PATH="$bin:$PATH" bash -ec '
      cd "$CLEAT_RUN"
      container-new --name=pod | ns-unshare --hold -r --net --uts >pod.json
      pid=$(sed "s/.*\"holder\":{\"pid\":\([0-9]*\),.*/\1/" pod.json)
      [ "$(tr -s " " <"/proc/$pid/uid_map")" = " 0 64123 1" ]
      [ "$(cat "/proc/$pid/setgroups")" = deny ]
      nsenter -t "$pid" -U --preserve-credentials -n -u hostname fine
      unwind --id=pod' || failed=yes
  rm -rf "$bin"
  [ -z "${failed:-}" ]
}

@test "a kind is held once" {
  container-new --name=pod | ns-unshare --hold --net |
    ns-unshare --hold --ipc >pod.json
  [ "$(grep -o '"kind":"[a-z]*"' pod.json | tr '\n' ' ')" = \
    '"kind":"net" "kind":"ipc" ' ]
  run ns-unshare --hold --net --input=pod.json
  [ "$status" = 1 ]
  [[ $output = *"the container has a net namespace: /proc/"* ]]
  runs "$(holder_of pod.json)"
}

@test "rootfs-run uses what is held, and the end of its program ends it" {
  container-new | ns-unshare --hold --net --uts --hostname=held | tee held.json |
    rootfs-run --root=/ --input=- -- \
      sh -c 'hostname; readlink /proc/self/ns/net' >seen
  [ "$(cat seen)" = "held
net:[$(inode_of held.json net)]" ]
  if runs "$(holder_of held.json)"; then false; fi
}

@test "what is of a program is refused, and nothing is left" {
  for option in "" "--net true" "--net --fork" "--net --root=/" \
    "--net=file" "--net --setuid=0" "--user --owner=0:0" \
    "--map-users=0:0:1 --map-users=0:1:1"; do
    container-new >new.json
    # shellcheck disable=SC2086
    run ns-unshare --hold --input=new.json $option
    [ "$status" = 1 ]
    [[ $output = "ns-unshare: "* ]]
    unwind <new.json
  done
  [ -z "$(find "$CLEAT_RUN" -mindepth 1 -maxdepth 1 ! -name names)" ]
}

@test "a failure of the holder is told, and nothing is left" {
  run bash -c 'container-new | ns-unshare --hold --time --monotonic=-99999999'
  [[ $output = *"must stay above zero"* ]]
  run bash -c 'container-new | ns-unshare --hold -u --hostname="$(printf %065d 0)"'
  [[ $output = *"set host name"* ]]
  [ -z "$(find "$CLEAT_RUN" -mindepth 1 -maxdepth 1 ! -name names)" ]
}

@test "without --hold there is no document" {
  run ns-unshare --net --output=x.json true
  [ "$status" = 1 ]
  [ "$output" = "ns-unshare: --input, --output, --id and --keep need --hold" ]
  run ns-unshare --hold --net </dev/null
  [ "$status" = 3 ]
}
