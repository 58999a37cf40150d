# The statements of mount_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

# apart SCRIPT: in a mount namespace of its own, with a tmpfs at ./top.
apart() {
  mkdir -p top
  ns-unshare --mount sh -ec "mount -t tmpfs tmpfs top; $1"
}

# tags DIRECTORY: the propagation of the mount there, a line of shell.
tags='tags() { awk -v at="$1" "\$5 == at { for (i = 7; \$i != \"-\"; ++i) print \$i }" /proc/self/mountinfo | sed "s/:.*//" | xargs; }'

@test "a mount made in a mount namespace is not seen in another" {
  mkdir top
  ns-unshare --mount sh -ec 'mount -t tmpfs tmpfs top; : >top/inside'
  [ ! -e top/inside ]
}

@test "a new mount namespace begins with a copy of its maker's mounts" {
  is copied apart ': >top/copied; ns-unshare --mount ls top'
}

@test "shared: mounts go to the peers, and from them" {
  is 'there back' apart '
    mount --make-shared top
    mkdir top/a top/b
    ns-unshare --mount --propagation=unchanged sh -ec "
      mount -t tmpfs tmpfs top/a; : >top/a/there"
    mount -t tmpfs tmpfs top/b
    ls top/a | tr "\n" " "
    : >top/b/back
    ns-unshare --mount --propagation=unchanged ls top/b'
}

@test "private: mounts neither come nor go" {
  is '' apart '
    mount --make-private top
    mkdir top/a
    ns-unshare --mount --propagation=unchanged sh -ec "
      mount -t tmpfs tmpfs top/a; : >top/a/hidden"
    ls top/a'
}

@test "slave: mounts come from the master and do not go to it" {
  is 'come=from-master gone=' apart '
    mount --make-shared top
    mkdir top/a top/b
    mkfifo go done
    ns-unshare --mount --propagation=slave sh -ec "
      mount -t tmpfs tmpfs top/b; : >top/b/own
      echo >done; read -r _ <go
      printf come=; ls top/a | tr \"\n\" \" \"" &
    read -r _ <done
    mount -t tmpfs tmpfs top/a; : >top/a/from-master
    echo >go
    wait
    printf gone=; ls top/b | tr "\n" " "'
}

@test "unbindable: it cannot be bound: EINVAL" {
  fails 'wrong fs type, bad option' apart '
    mount --make-unbindable top
    mkdir other
    mount --bind top other'
}

@test "mountinfo tells the propagation: shared:N, master:N, unbindable, nothing" {
  is 'shared/shared master/master/unbindable//' apart "$tags
    "'mount --make-private top; mkdir -p top/x
    mount --make-shared top; tags "$PWD/top" | tr "\n" "/"
    ns-unshare --mount --propagation=slave sh -ec "
      mount --make-shared top
      '"awk -v at=\$PWD/top '\\\$5 == at { print \\\$7, \\\$8 }' /proc/self/mountinfo"'" |
      sed "s/:[0-9]*//g" | tr "\n" "/"
    ns-unshare --mount --propagation=slave sh -ec "
      '"awk -v at=\$PWD/top '\\\$5 == at { print \\\$7 }' /proc/self/mountinfo"'" |
      sed "s/:[0-9]*//g" | tr "\n" "/"
    mount --make-private top; mount --make-unbindable top
    tags "$PWD/top" | tr "\n" "/"
    mount --make-private top; tags "$PWD/top" | tr "\n" "/"'
}

@test "a mount namespace of a new user namespace has slaves of shared mounts" {
  is '' apart '
    mount --make-shared top
    mkdir top/a
    ns-unshare --user --map-root-user --mount --propagation=unchanged sh -ec "
      mount -t tmpfs tmpfs top/a; : >top/a/own"
    ls top/a'
}

@test "mounts of a more privileged namespace are locked together: EINVAL" {
  is 'EINVAL none' apart '
    mkdir top/a; mount -t tmpfs tmpfs top/a
    ns-unshare --user --map-root-user --mount python3 -c "
from kernel import *
mount(\"tmpfs\", \"/mnt\", \"tmpfs\", 0)
print(error_of(umount, \"top/a\"), error_of(umount, \"/mnt\"))"'
}

@test "a bind mount of a part would reveal what is below a locked mount: EINVAL" {
  is 'EINVAL none' apart '
    mkdir top/a; mount -t tmpfs tmpfs top/a
    ns-unshare --user --map-root-user --mount python3 -c "
from kernel import *
MS_BIND, MS_REC = 4096, 16384
print(error_of(mount, \"top\", \"/mnt\", \"\", MS_BIND),
      error_of(mount, \"top\", \"/mnt\", \"\", MS_BIND | MS_REC))"'
}

@test "read-only, nosuid, nodev and noexec are locked in a less privileged namespace: EPERM" {
  is 'EPERM EPERM EPERM EPERM none' apart '
    mount -o remount,ro,nosuid,nodev,noexec top
    ns-unshare --user --map-root-user --mount python3 -c "
from kernel import *
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND = 1, 2, 4, 8, 32, 4096
ALL = RDONLY | NOSUID | NODEV | NOEXEC
# What mount(8) keeps, too: how times of access are written.
RELATIME = 1 << 21
print(*(error_of(mount, \"none\", \"top\", \"\", REMOUNT | BIND | RELATIME | ALL & ~flag)
        for flag in (RDONLY, NOSUID, NODEV, NOEXEC, 0)))"'
}

@test "how times of access are written is locked, too: EPERM" {
  is 'EPERM' apart '
    mount -o remount,bind,noatime top
    ns-unshare --user --map-root-user --mount python3 -c "
from kernel import *
REMOUNT, BIND, STRICTATIME = 32, 4096, 1 << 24
print(error_of(mount, \"none\", \"top\", \"\", REMOUNT | BIND | STRICTATIME))"'
}

@test "a mount point of another mount namespace can be removed, which unmounts it there" {
  mkdir point
  start ns-unshare --mount sh -c "mount -t tmpfs tmpfs point; $waits"
  grep -q " $PWD/point " "/proc/$pid/mountinfo"
  rmdir point
  if grep -q " $PWD/point " "/proc/$pid/mountinfo"; then false; fi
}

@test "setns to a mount namespace needs CAP_SYS_CHROOT beside CAP_SYS_ADMIN: EPERM" {
  start ns-unshare --mount sh -c "$waits"
  is EPERM setpriv --bounding-set=-sys_chroot python3 -c '
from kernel import *
print(error_of(setns, "/proc/%s/ns/mnt" % sys.argv[1]))' "$pid"
  is none py 'print(error_of(setns, "/proc/%s/ns/mnt" % sys.argv[1]))' "$pid"
}

@test "a process that shares root and directory with another cannot join: EINVAL" {
  start ns-unshare --mount sh -c "$waits"
  is EINVAL py '
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print(error_of(setns, "/proc/%s/ns/mnt" % sys.argv[1]))
sys.stdout.flush()
os._exit(0)' "$pid"
}

@test "joining a mount namespace makes its root the root and working directory" {
  start ns-unshare --mount sh -c "mount -t tmpfs tmpfs /mnt; : >/mnt/seen; $waits"
  is '/ seen' py '
setns("/proc/%s/ns/mnt" % sys.argv[1])
print(os.getcwd(), *os.listdir("/mnt"))' "$pid"
}

@test "/proc/PID/mounts, mountinfo and mountstats are of the process's mount namespace" {
  start ns-unshare --mount sh -c "mount -t tmpfs only-there /mnt; $waits"
  for file in mounts mountinfo mountstats; do
    grep -q only-there "/proc/$pid/$file"
    if grep -q only-there "/proc/self/$file"; then false; fi
  done
}
