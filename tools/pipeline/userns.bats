# Containers with a user namespace of their own, which root gives them: ids,
# owners, and what joins them.
# shellcheck disable=SC2016

bats_require_minimum_version 1.5.0

load pipeline.bash

setup_file() { prepare_file; }

setup() { prepare; }

teardown() { finish; }

MAP=--uidmap=0:100000:4000000

# The maps' lines, blanks made one.
maps() {
  tr -s ' ' ' ' | sed 's/^ //'
}

# outside TEXT LINE: runs TEXT where /etc/subuid and /etc/subgid are this line.
outside() {
  echo "$2" >subid
  unshare --mount --propagation=private bash -c 'mount --bind subid /etc/subuid
    mount --bind subid /etc/subgid; eval "$1"' - "$1"
}

@test "a container has the ids of its map, and files the owners of the image" {
  root >base.json
  job "rootfs-run --input=base.json --user=0 $MAP -- sh -c 'id -u
    cat /proc/self/uid_map /proc/self/gid_map
    stat -c %u:%g / /odd/bigid /odd/owned /dev /dev/pts; touch /new
    stat -c %u:%g /new; cat /proc/self/setgroups'"
  expect 0
  maps <out >got
  diff - got <<<'0
0 100000 4000000
0 100000 4000000
0:0
3000000:3000001
1000:1000
0:0
0:0
0:0
allow'
}

@test "groups may have a map of their own" {
  root >base.json
  job "rootfs-run --input=base.json --user=0 --gidmap=0:300000:4000000 \
    --uidmap=0:100000:1000 --uidmap=1000:200000:3999000 -- \
    cat /proc/self/uid_map /proc/self/gid_map"
  expect 0
  maps <out >got
  diff - got <<<'0 100000 1000
1000 200000 3999000
0 300000 4000000'
}

@test "the ids are those that crun gives for the same mappings" {
  command -v crun >/dev/null || skip "no crun"
  mkdir -p bundle/rootfs/bin
  cp /bin/busybox bundle/rootfs/bin/ || skip "no static busybox"
  ln -s busybox bundle/rootfs/bin/cat
  chown -R 100000:100000 bundle/rootfs
  cat >bundle/config.json <<'EOF'
{"ociVersion":"1.0.2","root":{"path":"rootfs"},
 "process":{"cwd":"/","args":["cat","/proc/self/uid_map","/proc/self/gid_map",
  "/proc/self/setgroups"],"user":{"uid":0,"gid":0},"env":["PATH=/bin"]},
 "mounts":[{"destination":"/proc","type":"proc","source":"proc"}],
 "linux":{"namespaces":[{"type":"mount"},{"type":"pid"},{"type":"user"}],
  "uidMappings":[{"containerID":0,"hostID":100000,"size":4000000}],
  "gidMappings":[{"containerID":0,"hostID":100000,"size":4000000}]}}
EOF
  # crun refuses hybrid cgroups.
  unshare --mount --propagation=private sh -c '
    umount /sys/fs/cgroup/unified 2>/dev/null
    cd bundle && exec crun --root="$PWD/crun" run "userns-$$"' >theirs ||
    skip "crun does not run here"
  root | rootfs-run --user=0 $MAP -- cat /proc/self/uid_map \
    /proc/self/gid_map /proc/self/setgroups >ours
  diff theirs ours
}

@test "--userns=private takes the ids that /etc/subuid gives to root" {
  root >base.json
  outside 'rootfs-run --input=base.json --user=0 --userns=private -- \
    cat /proc/self/uid_map >out </dev/null' root:700000:4000000
  [ "$(maps <out)" = "0 700000 4000000" ]
  status=0
  outside 'rootfs-run --input=base.json --userns=private -- true 2>err' \
    nobody:1:1 || status=$?
  [ "$status" = 125 ]
  diff - err <<<"rootfs-run: --userns=private: /etc/subuid gives user root no \
ids (a line as root:100000:65536 would); or --uidmap=0:100000:65536"
}

@test "a read-only root and one in memory show mapped owners, too" {
  root --read-only >base.json
  job "rootfs-run --input=base.json --user=0 $MAP -- stat -c %u / /odd/owned"
  expect 0
  [ "$(tr '\n' ' ' <out)" = "0 1000 " ]
  root --tmpfs >base.json
  job "rootfs-run --input=base.json --user=0 $MAP -- sh -c 'touch /new
    stat -c %u / /new /odd/owned'"
  expect 0
  [ "$(tr '\n' ' ' <out)" = "0 0 1000 " ]
}

@test "what it writes belongs to its own ids on disk" {
  root >base.json
  rootfs-run --input=base.json --user=0 $MAP --detach --output=web.json -- \
    sh -c 'touch /new; chown 5:6 /new; echo ready; exec sleep 1000'
  until_true grep -q ready "$(get process.state.log web.json)"
  [ "$(stat -c %u:%g "$(get rootfs.state.upper web.json)/new")" = 100005:100006 ]
  unwind --grace=0 <web.json
}

@test "a process on the host is nobody there, and a layer is not changed" {
  root >base.json
  job "rootfs-run --input=base.json --user=0 $MAP -- stat -c %u /proc/1 /sys"
  expect 0
  [ "$(tr '\n' ' ' <out)" = "0 65534 " ]
  lower=$(python3 -c 'import json
print(json.load(open("base.json"))["rootfs"]["spec"]["lower"][0])')
  [ "$(stat -c %u "$lower")" = 0 ]
}

@test "container-exec is in its user namespace" {
  root --name=web >base.json
  rootfs-run --input=base.json $MAP --detach --output=web.json -- sleep 1000
  job "container-exec --id=web --user=0 -- sh -c 'id -u
    cat /proc/self/uid_map; ps'"
  expect 0
  [ "$(sed -n 1p out)" = 0 ]
  [ "$(sed -n 2p out | maps)" = "0 100000 4000000" ]
  grep -qE '^ +1 .*sleep 1000$' out
  unwind --grace=0 <web.json
}

@test "other namespaces are joined by their files" {
  root >base.json
  job "unshare --net --uts sh -c 'hostname joined
    exec rootfs-run --input=base.json --user=0 --network=ns:/proc/self/ns/net \
      --uts=host -- sh -c \"hostname; readlink /proc/self/ns/net\"'"
  expect 0
  [ "$(head -n 1 out)" = joined ]
}

@test "a file that is no network namespace is refused" {
  root >base.json
  job "rootfs-run --input=base.json --network=ns:/proc/self/ns/uts -- true"
  expect 125 "/proc/self/ns/uts: is no net namespace"
  job "rootfs-run --input=base.json --network=ns:/etc/passwd -- true"
  expect 125 "/etc/passwd: is no net namespace"
}

@test "maps that cannot be are refused with a word" {
  root >base.json
  job "rootfs-run --input=base.json --uidmap=0:1:2:3 -- true"
  expect 125 "--uidmap: '0:1:2:3' is no INSIDE:OUTSIDE:COUNT"
  job "rootfs-run --input=base.json --uidmap=0:0:10 --uidmap=5:20:1 -- true"
  expect 125 "user id map: 0:0:10 and 5:20:1 overlap inside"
  job "rootfs-run --input=base.json --userns=ours -- true"
  expect 125 "--userns 'ours': give private, host or keep-id"
  job "rootfs-run --input=base.json --userns=keep-id -- true"
  expect 125 "is for ordinary users"
  job "rootfs-run --input=base.json --userns=host --uidmap=0:1:2 -- true"
  expect 125 "takes no --uidmap"
  job "rootfs-run --input=base.json --uidmap=0:100000:10 --user=1000 -- true"
  expect 125 "the container's id map does not have it"
}
