# Mounts that people ask rootfs-run for: --mount, --volume, --tmpfs, --shm-size,
# --read-only and --root.

load run.bash

setup() {
  prepare_root
  mkdir -p src/sub
  echo content >src/file
}

teardown() { remove_root; }

@test "a bind shows the host's directory, and takes what is written" {
  [ "$(run_root --mount=type=bind,src=src,dst=/app -- \
    sh -c 'cat /app/file; echo new >/app/made')" = content ]
  [ "$(cat src/made)" = new ]
  [ "$(run_root -v ./src:/app -v src/file:/etc/a/b -- cat /app/file /etc/a/b | wc -l)" = 2 ]
}

@test "a read-only bind refuses writing, and says so in mountinfo" {
  for option in --mount=type=bind,src=src,dst=/app,readonly --volume=./src:/app:ro; do
    run run_root "$option" -- sh -c 'cat /app/file; touch /app/x'
    [[ $output == *content*Read-only* ]]
    [ ! -e src/x ]
    [[ "$(run_root "$option" -- cat /proc/self/mountinfo | mounts_of /app)" == "/app ro,"* ]]
  done
}

@test "a bind has the options of its own that are asked for" {
  [[ "$(run_root -v ./src:/app:nosuid,nodev,noexec,noatime -- cat /proc/self/mountinfo |
    mounts_of /app)" == "/app rw,nosuid,nodev,noexec,noatime "* ]]
  cp root/bin/busybox src/true
  run run_root -v ./src:/app:noexec -- /app/true
  [ "$status" = 126 ]
  run run_root -v ./src:/app -- /app/true
  [ "$status" = 0 ]
}

@test "mounts below a source come with it, and are as read-only as is asked" {
  own_mounts '
    mount -t tmpfs none src/sub
    touch src/sub/below
    run() { rootfs-run --input=root.json --mount=type=bind,src=src,dst=/app,$1 -- sh -c "$2" 2>&1; }
    [ "$(run rw=1 true)" != "" ]
    [ "$(run bind-recursive=enabled "ls /app/sub")" = below ]
    [ "$(run bind-nonrecursive "ls /app/sub")" = "" ]
    [ "$(run bind-recursive=disabled "ls /app/sub")" = "" ]
    [[ "$(run readonly "touch /app/sub/x")" == *Read-only* ]]
    [[ "$(run readonly,bind-recursive=readonly "touch /app/sub/x")" == *Read-only* ]]
    [ "$(run readonly,bind-recursive=writable "touch /app/sub/y; touch /app/y 2>&1 | grep -c Read-only")" = 1 ]
    [ "$(ls src/sub | tr "\n" " ")" = "below y " ]
    umount src/sub'
}

@test "mount points are made, as files and as directories, and mounts lie in mounts" {
  run_root -v ./src:/a/b/c -v ./src/file:/a/d/e -v ./outside:/a/b/c/sub -- \
    sh -c 'ls /a/b/c /a/d; touch /a/b/c/sub/deep'
  [ -e outside/deep ]
  [ ! -e src/sub/deep ]
  [ ! -e root/a ]
}

@test "mounts are made in the order given: a later one hides earlier ones" {
  [ "$(run_root -v ./src/file:/x/y/file --tmpfs=/x -- ls /x)" = "" ]
  [ "$(run_root --tmpfs=/x -v ./src/file:/x/y/file -- ls /x/y)" = file ]
}

@test "--volume makes a missing source, --mount refuses it" {
  run_root -v "$WORK/new/dir:/app" -- touch /app/x
  [ -e new/dir/x ]
  refused "source $WORK/absent: No such file" --mount=type=bind,src=absent,dst=/app
  [ ! -e absent ]
  run_root --mount=type=bind,src=created,dst=/app,bind-create-src -- true
  [ -d created ]
}

@test "what is wrong with a mount is said, with the flag and the key" {
  refused "--mount type=bind,src=/,dst=x: key 'dst': target 'x'" --mount=type=bind,src=/,dst=x
  refused "key 'colour': there is no such key" --mount=type=tmpfs,dst=/x,colour=red
  refused "--volume /a:/b:loud: option 'loud'" --volume=/a:/b:loud
  refused "volumes are not supported yet" --volume=data:/data
  refused "--tmpfs /x:loud: option 'loud'" --tmpfs=/x:loud
  refused "target /x is given twice" --tmpfs=/x --volume=./src:/x
  refused "the mount point a directory" --volume=./src/file:/bin
  refused "Not a directory" --volume=./src:/bin/busybox
  refused "set mount option size" --tmpfs=/x:size=many
  [ -z "$(ls run 2>/dev/null | grep -v names)" ]
}

@test "a tmpfs has Docker's defaults and its own size and mode" {
  run_root --tmpfs=/run -- cat /proc/self/mountinfo | mounts_of /run | grep -q "^/run rw,nosuid,nodev,noexec,relatime tmpfs"
  [ "$(run_root --tmpfs=/run:size=1m,mode=700,exec -- sh -c 'df -k /run | awk "END { print \$2 }"; stat -c %a /run')" = "1024
700" ]
  [ "$(run_root --mount=type=tmpfs,dst=/run,tmpfs-size=2m,tmpfs-mode=1770 -- sh -c 'df -k /run | awk "END { print \$2 }"; stat -c %a /run')" = "2048
1770" ]
  run run_root --tmpfs=/run:ro -- touch /run/x
  [[ $output == *Read-only* ]]
}

@test "/dev/shm has the size that is asked for, or is the user's own" {
  [ "$(run_root --shm-size=3m -- df -k /dev/shm | awk 'END { print $2 }')" = 3072 ]
  [ "$(run_root -v ./src:/dev/shm -- sh -c 'ls /dev/shm; grep -c " /dev/shm " /proc/self/mountinfo')" = "file
sub
1" ]
}

@test "a user's /dev or /sys takes the place of the default one and what is below it" {
  mkdir dev
  mknod -m 666 dev/null c 1 3
  [ "$(run_root -v ./dev:/dev -- sh -c 'ls /dev; cut -d " " -f 5 /proc/self/mountinfo | grep -c ^/dev/')" = "null
0" ]
  [ "$(ls dev)" = null ]
  [ "$(run_root -v ./src:/sys -- ls /sys | tr '\n' ' ')" = "file sub " ]
  [ "$(ls src | tr '\n' ' ')" = "file sub " ]
}

@test "only procfs lies at /proc, and little may cover its files" {
  refused "only procfs may be mounted there" --volume=./src:/proc
  refused "only procfs may be mounted there" --tmpfs=/proc
  refused "it lies in procfs" --tmpfs=/proc/sys
  refused "it lies in procfs" --volume=./src/file:/proc/self/attr/exec
  [ "$(run_root -v ./src/file:/proc/uptime -- cat /proc/uptime)" = content ]
  # Of the host's procfs, too, what is masked is hidden.
  [ "$(run_root -v /proc:/proc -- sh -c 'cat /proc/keys /proc/timer_list')" = "" ]
  run run_root -v /proc:/proc -- sh -c 'echo 1 >/proc/sys/kernel/panic'
  [[ $output == *Read-only* ]]
}

@test "an idmapped bind shows other owners, and writes as them" {
  chown 1234:2345 src src/file
  run run_root --mount='type=bind,src=src,dst=/app,idmap=uids=1234-7-1;gids=2345-8-1' -- stat -c %u:%g /app/file
  [[ $output != *"does not take part"* ]] || skip "$output"
  [ "$output" = 7:8 ]
  run_root -v './src:/app:idmap=uids=1234-0-1;gids=2345-0-1' -- touch /app/made
  [ "$(stat -c %u:%g src/made)" = 1234:2345 ]
  refused "option idmap needs ranges" -v ./src:/app:idmap
}

@test "a slave bind sees what the host mounts later, a private one does not" {
  own_mounts '
    mount --bind src src
    mount --make-shared src
    mkfifo go
    for kind in rslave rprivate; do
      rootfs-run --input=root.json -v ./src:/app:$kind -v ./go:/go -- \
        sh -c "echo ready >/go; read -r _ </go; ls /app/sub" >seen.$kind &
      read -r _ <go
      mount -t tmpfs none src/sub
      touch src/sub/late
      echo >go
      wait $!
      umount src/sub
    done
    [ "$(cat seen.rslave)" = late ]
    [ "$(cat seen.rprivate)" = "" ]
    umount src'
}

@test "a shared bind stays shared; what is not shared on the host is refused" {
  own_mounts '
    mount --bind src src
    mount --make-shared src
    for kind in rshared rslave rprivate; do
      rootfs-run --input=root.json --mount=type=bind,src=src,dst=/app,bind-propagation=$kind -- cat /proc/self/mountinfo
    done >info
    umount src'
  [ "$(mounts_of /app <info | grep -c shared)" = 1 ]
  [ "$(mounts_of /app <info | grep -c master)" = 1 ]
  own_mounts '
    rootfs-run --input=root.json -v ./src:/app:rshared -- true 2>err && exit 1
    grep -q "which is not shared (mount --make-shared" err'
}

@test "a read-only root takes mounts, also where it lacks a place for them" {
  run run_root --read-only --tmpfs=/run -v ./src:/a/b -- \
    sh -c 'touch /run/x /a/b/x; touch /x /a/x /etc/hosts'
  [ "$(grep -c Read-only <<<"$output")" = 3 ]
  [ -e src/x ]
  [ ! -e root/a ]
  [ ! -e store/overlay2 ] || [ -z "$(ls store/overlay2)" ]
}

@test "--root runs on a directory as it stands, without a document" {
  [ "$(echo in | rootfs-run --root=root -- sh -c 'cat; touch /made; ls /')" = "in
bin
dev
etc
made
proc
sys" ]
  [ -e root/made ]
  run rootfs-run --root=root --read-only -- touch /other
  [[ $output == *Read-only* ]]
  [ ! -e root/other ]
  run rootfs-run --root=absent -- true
  [ "$status" = 125 ]
  [ "$output" = "rootfs-run: find directory absent: No such file or directory" ]
}

@test "--root --read-only leaves a directory without mount points as it is" {
  before=$(find root | sort)
  [ "$(rootfs-run --root=root --read-only -v ./src:/a -- cat /a/file)" = content ]
  [ "$(find root | sort)" = "$before" ]
}

@test "nothing that is mounted in a shared root is seen from outside" {
  own_mounts '
    mount --bind root root
    mount --make-rshared root
    mkfifo go
    before=$(cut -d " " -f 5- /proc/self/mountinfo)
    rootfs-run --root=root -v ./src:/app -v ./go:/go -- sh -c "echo ready >/go; read -r _ </go" &
    read -r _ <go
    during=$(cut -d " " -f 5- /proc/self/mountinfo)
    echo >go
    wait $!
    umount root
    [ "$before" = "$during" ]'
}

@test "a document tells which places were made for mounts" {
  run_root --emit --tmpfs=/run -v ./src:/a/b -- true | cat >done.json
  [ "$(grep -o '"mountPoints":\[[^]]*\]' done.json)" = \
    '"mountPoints":["/proc","/dev","/sys","/etc/resolv.conf","/etc/hostname","/etc/hosts","/run","/a"]' ]
}

@test "mounts that a document has are made before those of the flags" {
  sed 's/}$/,"mounts":{"spec":{"mounts":["tmpfs=\/x","volume=.\/src:\/app"]}}}/' root.json >mounts.json
  [ "$(rootfs-run --input=mounts.json -v ./src/file:/x/y -- sh -c 'ls /x; cat /app/file')" = "y
content" ]
}

# crun's view of the same mounts, with its own word for each option.
crun_mounts() {
  crun spec
  python3 - "$WORK" >config.new <<'EOF'
import json, sys
work = sys.argv[1]
config = json.load(open("config.json"))
config["process"]["terminal"] = False
config["process"]["args"] = ["cat", "/proc/self/mountinfo"]
config["root"] = {"path": work + "/root", "readonly": False}
config["mounts"] += [
    {"destination": d, "type": t, "source": s, "options": o.split(",")}
    for d, t, s, o in [
        ("/app", "bind", work + "/src", "rbind,rprivate"),
        ("/ro", "bind", work + "/src", "rbind,rprivate,ro"),
        ("/strict", "bind", work + "/src", "rbind,rprivate,nosuid,nodev,noexec"),
        ("/file", "bind", work + "/src/file", "rbind,rprivate,ro"),
        ("/run", "tmpfs", "tmpfs", "noexec,nosuid,nodev,size=1m"),
        ("/exec", "tmpfs", "tmpfs", "nosuid,nodev,mode=700"),
    ]]
json.dump(config, sys.stdout)
EOF
  mv config.new config.json
  # It refuses to run where v1 and v2 are mounted side by side.
  unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' - \
    crun --cgroup-manager=disabled --root="$WORK/crun" run "cleat-$$-$BATS_TEST_NUMBER"
}

@test "crun shows the same mounts for the same options" {
  command -v crun python3 >/dev/null || skip "crun and python3 are not installed"
  targets="/app /ro /strict /file /run /exec"
  crun_mounts >crun.info 2>crun.err || skip "crun: $(head -n 1 crun.err)"
  run_root -v ./src:/app -v ./src:/ro:ro -v ./src:/strict:nosuid,nodev,noexec \
    -v ./src/file:/file:ro --tmpfs=/run:size=1m --tmpfs=/exec:exec,mode=700 -- \
    cat /proc/self/mountinfo >own.info
  mounts_of "$targets" <crun.info >expected
  mounts_of "$targets" <own.info >actual
  [ "$(wc -l <actual)" = 6 ]
  diff expected actual
}
