# The same limits by libcgroup's cgset, crun and runc: the files say the same.

setup() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  grep -q ' cgroup ' /proc/self/mountinfo || skip "no cgroup v1 is mounted"
  OURS=$PWD/tools/cgroup/cgset
  export CLEAT_RUN=$BATS_TEST_TMPDIR/run
  T=cleat-peers-$$-$BATS_TEST_NUMBER
  cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
  local mount
  for mount in $(awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $5 }' \
    /proc/self/mountinfo); do
    [ ! -d "$mount/$T" ] || find "$mount/$T" -depth -type d -exec rmdir {} \;
    [ ! -d "$mount/$T" ]
  done
}

# v1_file FILE: in whichever hierarchy has it.
v1_file() {
  awk '$0 ~ / - cgroup / {print $5}' /proc/self/mountinfo |
    xargs -I{} find {} -maxdepth 3 -path "*/$1" | head -n 1
}

# table GROUP: each file and its value.
table() {
  local file
  for file in $FILES; do
    echo "$file $(cat "$(v1_file "$1/$file")")"
  done
}

FILES='cpu.shares cpu.cfs_quota_us cpu.cfs_period_us cpuset.cpus cpuset.mems
  memory.limit_in_bytes memory.memsw.limit_in_bytes memory.soft_limit_in_bytes
  memory.swappiness pids.max'

LIMITS='--cpu-shares=512 --cpu-quota=50000 --cpu-period=100000 --cpuset-cpus=0
  --cpuset-mems=0 --memory=64m --memory-swap=96m --memory-reservation=32m
  --memory-swappiness=10 --pids-limit=50'

# Ours; a hierarchy's root has not all of the files.
make_ours() {
  local file
  "$OURS" --path=$T/ours
  for file in $FILES; do
    [ -n "$(v1_file "$T/ours/$file")" ] || skip "no $file here"
  done
  "$OURS" --path=$T/ours $LIMITS
}

@test "libcgroup sets and reads the same" {
  peer=/usr/bin/cgset
  [ -x $peer ] && command -v cgget cgcreate >/dev/null || skip "cgroup-tools is not installed"
  make_ours
  cgcreate -g "cpu,cpuset,memory,pids:$T/theirs"
  $peer -r cpu.shares=512 -r cpu.cfs_period_us=100000 -r cpu.cfs_quota_us=50000 \
    -r cpuset.cpus=0 -r cpuset.mems=0 -r memory.limit_in_bytes=64M \
    -r memory.memsw.limit_in_bytes=96M -r memory.soft_limit_in_bytes=32M \
    -r memory.swappiness=10 -r pids.max=50 $T/theirs
  table $T/ours >ours
  table $T/theirs >theirs
  cat ours
  diff ours theirs
  # And it reads what we wrote.
  for file in $FILES; do
    [ "$(cgget -nvr "$file" $T/ours)" = "$(awk -v f="$file" '$1 == f {print $2}' ours)" ]
  done
  cgdelete -g "cpu,cpuset,memory,pids:$T/theirs"
}

# runtime_table NAME: what crun or runc writes for the same OCI resources. They
# refuse a machine with both versions: they run without the unified one.
runtime_table() {
  mkdir -p "$1/rootfs/bin"
  cp /bin/busybox "$1/rootfs/bin/sh"
  (cd "$1" && "$1" spec)
  python3 - "$1/config.json" "/$T/$1" <<'PY'
import json
import sys

path, group = sys.argv[1:]
config = json.load(open(path))
config["process"]["terminal"] = False
config["process"]["args"] = ["/bin/sh"]
config["linux"]["cgroupsPath"] = group
config["linux"]["resources"] = {
    "cpu": {"shares": 512, "quota": 50000, "period": 100000, "cpus": "0",
            "mems": "0"},
    "memory": {"limit": 64 << 20, "swap": 96 << 20, "reservation": 32 << 20,
               "swappiness": 10},
    "pids": {"limit": 50},
}
json.dump(config, open(path, "w"))
PY
  cat >"$1.sh" <<END
for mount in \$(awk '\$0 ~ / - cgroup2 / {print \$5}' /proc/self/mountinfo); do
  umount "\$mount" || exit
done
cd $1 && $1 --root=$BATS_TEST_TMPDIR/$1-state create $T-$1 </dev/null >log 2>&1 ||
  { cat log >&2; exit 1; }
END
  unshare --mount --propagation=private sh "$1.sh"
  table "$T/$1" >"$1.table"
  echo "cd $1 && $1 --root=$BATS_TEST_TMPDIR/$1-state delete --force $T-$1" |
    cat <(head -n 3 "$1.sh") - >"$1-end.sh"
  unshare --mount --propagation=private sh "$1-end.sh"
}

same_as() {
  command -v "$1" >/dev/null || skip "$1 is not installed"
  [ -x /bin/busybox ] || skip "busybox is not installed"
  make_ours
  table $T/ours >ours
  runtime_table "$1"
  diff ours "$1.table"
}

@test "crun writes the same for the same OCI resources" {
  same_as crun
}

@test "runc writes the same for the same OCI resources" {
  same_as runc
}
