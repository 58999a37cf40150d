# The whole pipeline as an ordinary user: with subordinate ids and without,
# with a runtime directory and a home and without, within another container.
# shellcheck disable=SC2016

load rootless.bash

setup_file() { prepare_place; }
teardown_file() { remove_place; }
setup() { prepare_user; }
teardown() { finish_user; }

ROOT='image-get $OCI | layer-unpack | overlay-mount'

# What the container sees of the image; devices are for root to make.
TREE='find /bin /etc/passwd /etc/group /odd /tmp /usr /var ! -name null \
  ! -name loop -exec stat -c "%n %F %a %u:%g %s" {} +'

@test "without subordinate ids the container has one, and a line says so once" {
  me "$ROOT | cgset | rootfs-run --user=0 -- sh -c 'id; cat /proc/self/uid_map'"
  [ "$status" = 0 ]
  [[ ${lines[0]} == "uid=0(root) gid=0(root)"* ]]
  [[ ${lines[1]} =~ ^\ +0\ +$ME\ +1$ ]]
  [ "$stderr" = "note: all files in store $WORK/home/.local/share/cleat have \
one owner: /etc/subuid gives user me no ids (a line as me:100000:65536 would)" ]
  [ "$(cat "$WORK/home/.local/share/cleat/cleat-store")" = \
    "{\"xattrs\":\"user\",\"idMap\":\"0 $ME 1\"}" ]
  me "$ROOT | rootfs-run --user=0 -- true"
  [ "$status" = 0 ]
  [ -z "$stderr" ]
  # All is the user's, and what it was is kept.
  [ -z "$(find "$WORK/home" ! -uid $ME)" ]
  python3 - "$WORK"/home/.local/share/cleat/overlay2/*/diff/odd/bigid <<<'import os, sys
assert os.getxattr(sys.argv[1], "user.containers.override_stat") == b"3000000:3000001:0644"'
}

@test "another user than root needs subordinate ids" {
  me "$ROOT | rootfs-run --user=1000 -- true"
  [ "$status" = 125 ]
  [[ $stderr == *"rootfs-run: set supplementary groups: the container's id map \
does not have it (--user=0, or more ids by /etc/subuid"* ]]
  me "rootfs-run --user=1000:1000 -- true < <($ROOT)"
  [ "$stderr" = "rootfs-run: run as group 1000: the container's id map does not \
have it (--user=0, or more ids by /etc/subuid and /etc/subgid, and a new store)" ]
}

@test "with subordinate ids the root is the same as root's own" {
  give_ids
  me "$ROOT | rootfs-run --user=0 -- sh -c '$TREE'"
  [ "$status" = 0 ]
  [ -z "$stderr" ]
  sort <<<"$output" >"$WORK/mine"
  CLEAT_STORE=$WORK/store CLEAT_RUN=$WORK/state PATH=$PLACE/bin:$PATH \
    OCI=oci:$PLACE/oci bash -c "$ROOT | rootfs-run --user=0 -- sh -c '$TREE'" |
    sort >"$WORK/roots"
  grep -q '^/odd/bigid regular file 644 3000000:3000001 1$' "$WORK/mine"
  diff "$WORK/roots" "$WORK/mine"
}

@test "without subordinate ids it is the same but for the owners" {
  me "$ROOT | rootfs-run --user=0 -- sh -c '$TREE' 2>/dev/null"
  [ "$status" = 0 ]
  sort <<<"$output" >"$WORK/mine"
  CLEAT_STORE=$WORK/store CLEAT_RUN=$WORK/state PATH=$PLACE/bin:$PATH \
    OCI=oci:$PLACE/oci bash -c "$ROOT | rootfs-run --user=0 -- sh -c '$TREE'" |
    sed -E 's/ [0-9]+:[0-9]+ ([0-9]+)$/ 0:0 \1/' | sort >"$WORK/roots"
  diff "$WORK/roots" "$WORK/mine"
}

@test "the image's own user runs, by an id of the range" {
  give_ids
  me "$ROOT | rootfs-run -- sh -c 'id; touch /tmp/new; stat -c %u:%g /tmp/new'"
  [ "$status" = 0 ]
  [[ ${lines[0]} == "uid=1000(app) gid=50(staff)"* ]]
  [ "${lines[1]}" = "1000:50" ]
}

@test "only what is missing is worth the way into the user namespace" {
  give_ids
  me "$ROOT >base.json; CLEAT_TRACE=again bash -c '$ROOT' >again.json
    grep -c newuidmap again; cmp base.json again.json"
  [ "$output" = 0 ]
}

@test "a service of a user is joined, signalled and unwound, with all its files" {
  give_ids
  me "$ROOT --name=web | rootfs-run --detach --output=web.json -- sh -c \
      'mkdir /tmp/a /tmp/b; touch /tmp/a/x; chmod 0 /tmp/a; echo ready
       exec sleep 1000'
    until container-logs web | grep -q ready; do sleep 0.05; done
    container-list | grep -o 'web *running'
    container-exec --id=web -- sh -c 'id -u; stat -c %u /tmp/b; ls /proc/1/exe'
    container-kill web; container-wait web; echo ended \$?
    stat -c %u .local/share/cleat/overlay2/*/diff/tmp/b
    unwind web
    find .local/share/cleat/overlay2 -name a; ls \$XDG_RUNTIME_DIR/cleat"
  [ "${lines[0]}" = "web   running" ]
  [ "${lines[1]}" = 1000 ]
  [ "${lines[2]}" = 1000 ]
  [ "${lines[3]}" = /proc/1/exe ]
  [ "${lines[4]}" = "ended 137" ]
  [ "${lines[5]}" = 600999 ]
  [ "${lines[6]:-names}" = names ]
  [ "$status" = 0 ]
}

@test "what kill -9 leaves of a user's run, unwind --orphans takes" {
  give_ids
  me "$ROOT >base.json
    rootfs-run --input=base.json -- sh -c 'mkdir /tmp/b; echo ready
      exec sleep 1000' >out & run=\$!
    until grep -q ready out; do sleep 0.05; done
    kill -9 \$run; wait \$run
    find .local/share/cleat/overlay2 -path '*/diff/tmp/b' | grep -c .
    id=\$(container-list --quiet); unwind \$id
    find .local/share/cleat/overlay2 -path '*/diff/tmp/b'"
  [ "$output" = 1 ]
}

@test "container-run is the whole of it" {
  give_ids
  me "container-run --entrypoint=id \$OCI -u
    container-run --entrypoint=id --user=0 \$OCI -u"
  [ "$status" = 0 ]
  [ "${lines[*]}" = "1000 0" ]
}

@test "without a runtime directory the state is below /tmp, closed to others" {
  ENVIRONMENT=(HOME="$WORK/home")
  me "$ROOT | rootfs-run --user=0 -- true 2>/dev/null; stat -c '%a %u' /tmp/cleat-$ME"
  [ "${lines[0]}" = "700 $ME" ]
}

@test "a state directory below /tmp that another has made is refused" {
  ENVIRONMENT=(HOME="$WORK/home")
  PREPARE="mkdir /tmp/cleat-$ME"
  me "$ROOT 2>/dev/null | rootfs-run --user=0 -- true"
  [ "$status" = 125 ]
  [ "${stderr##*$'\n'}" = "rootfs-run: state directory /tmp/cleat-$ME: must be \
a directory of this user that no other can write to" ]
  PREPARE="mkdir -m 0777 /tmp/cleat-$ME; chown $ME /tmp/cleat-$ME"
  me "$ROOT 2>/dev/null | rootfs-run --user=0 -- true"
  [ "$status" = 125 ]
  PREPARE="ln -s $WORK/run /tmp/cleat-$ME"
  me "$ROOT 2>/dev/null | rootfs-run --user=0 -- true"
  [ "$status" = 125 ]
}

@test "without HOME the store is in the home that passwd names, or below /tmp" {
  ENVIRONMENT=(XDG_RUNTIME_DIR="$WORK/run")
  me "$ROOT | rootfs-run --user=0 -- true"
  [ "$status" = 0 ]
  [ -e "$WORK/home/.local/share/cleat/cleat-store" ]
  # As passwd has it for nobody, and sudo sets it.
  echo "me:x:$ME:$ME::/nonexistent:/bin/sh" >"$WORK/passwd"
  for home in HOME=/nonexistent NONE=; do
    ENVIRONMENT=(XDG_RUNTIME_DIR="$WORK/run" "$home")
    me "$ROOT | rootfs-run --user=0 -- true; ls -d /tmp/cleat-$ME/store/cleat-store"
    [ "$output" = "/tmp/cleat-$ME/store/cleat-store" ]
  done
}

@test "a store in root's form is refused to a user, and his to root" {
  PATH=$PLACE/bin:$PATH CLEAT_RUN=$WORK/state bash -c \
    "image-get oci:$PLACE/oci | layer-unpack --store=$WORK/store" >/dev/null
  chmod -R a+rX "$WORK/store"
  me "image-get \$OCI | layer-unpack --store=$WORK/store"
  [ "$status" = 1 ]
  [[ $stderr == "layer-unpack: use store $WORK/store: its layers have \
\"trusted.\" attributes and no id map, not \"user.\" attributes and the id map \
0 $ME 1: choose another with --store" ]]
  me "$ROOT >base.json 2>/dev/null"
  run --separate-stderr env PATH="$PLACE/bin:$PATH" CLEAT_RUN="$WORK/state" \
    rootfs-run --input="$WORK/home/base.json" -- true
  [ "$status" = 125 ]
  [[ $stderr == "rootfs-run: use store $WORK/home/.local/share/cleat: its layers \
have \"user.\" attributes and the id map 0 $ME 1, not \"trusted.\""* ]]
}

@test "an owner beyond the range gets a line that says what would help" {
  echo "$ME:600000:65536" >"$WORK/subid"
  me "image-get \$OCI | layer-unpack"
  [ "$status" = 1 ]
  [[ $stderr == *"'odd/bigid': change owner to 3000000:3000001: "*"(the id map \
of the user namespace lacks it: a longer range in /etc/subuid"* ]]
}

@test "limits that a user may not set are refused with what would help" {
  me "$ROOT 2>/dev/null | cgset --memory=64m"
  [ "$status" = 1 ]
  [[ $stderr == *"cgset: use controllers memory: "*"run this "* ]]
}

@test "limits hold in groups that are the user's own" {
  local groups
  groups=$(sed -n 's/^[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) .* - cgroup .*pids.*/\1/p' \
    /proc/self/mountinfo | head -n 1)
  [ -n "$groups" ] || skip "no v1 hierarchy with pids"
  mkdir "$groups/rootless-test"
  chown -R $ME "$groups/rootless-test"
  PREPARE="echo 0 >$groups/rootless-test/tasks"
  me "$ROOT 2>/dev/null | cgset --pids-limit=20 |
    rootfs-run --user=0 -- cat /sys/fs/cgroup/pids/pids.max"
  rmdir "$groups/rootless-test/cleat" || true
  rmdir "$groups/rootless-test"
  [ "$output" = 20 ]
}

@test "overlay-mount --at tells a user that it is for root" {
  me "$ROOT --at=\$HOME"
  [ "$status" = 1 ]
  [[ ${stderr##*$'\n'} == "overlay-mount: --at mounts on the host, which only \
root may: without it rootfs-run mounts the root in the container" ]]
}

# What a container around this one must allow.
OPEN='--security-opt=seccomp=unconfined --security-opt=systempaths=unconfined'
INNER='export PATH=/mnt/bin:$PATH HOME=/root CLEAT_STORE=/dev/shm/store
  export OCI=oci:/mnt/oci; '

# inner OPTION...: a container in a container of the user's.
inner() {
  me "$ROOT | rootfs-run --user=0 $* \
    --mount=type=bind,src=\$PLACE,dst=/mnt,readonly -- sh -c '${INNER} $ROOT |
    rootfs-run --user=0 -- cat /proc/self/uid_map'"
}

@test "within a container of the user's, his pipeline works as well" {
  give_ids
  inner "$OPEN"
  [ "$status" = 0 ]
  [[ ${lines[0]} =~ ^\ +0\ +0\ +1$ || ${lines[0]} =~ ^\ +0\ +0\ +4294967295$ ]]
}

@test "within a container with a masked /proc the cure is named" {
  give_ids
  inner "--security-opt=seccomp=unconfined"
  [ "$status" != 0 ]
  [[ $stderr == *"rootfs-run: mount /proc: parts of this process's own /proc are \
covered"*"systempaths=unconfined"* ]]
}

@test "--userns=keep-id leaves the user his own id, and his files" {
  give_ids
  me "$ROOT >base.json; mkdir mine
    rootfs-run --input=base.json --userns=keep-id \
      --mount=type=bind,src=mine,dst=/mnt -- sh -c 'id -u; touch /mnt/new
      stat -c %u /mnt/new'
    stat -c %u mine/new"
  [ "$status" = 0 ]
  [ "${lines[*]}" = "$ME $ME $ME" ]
  me "rootfs-run --input=base.json --user=0 --uidmap=0:0:10 -- \
    cat /proc/self/uid_map"
  [ "$status" = 0 ]
  [ "$(tr -s ' ' <<<"$output")" = ' 0 0 1
 1 1 9' ]
  me "rootfs-run --input=base.json --userns=host -- true"
  [ "$stderr" = "rootfs-run: --userns=host: an ordinary user's containers are \
in a user namespace" ]
}
