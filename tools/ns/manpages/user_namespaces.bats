# The statements of user_namespaces(7), each shown on this kernel; those on ids
# are in user_id_maps.bats.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

@test "the first process of a user namespace has all capabilities in it" {
  all=$(printf '%x' $(((2 << $(cat /proc/sys/kernel/cap_last_cap)) - 1)))
  is "$all" ns-unshare --user --map-root-user sh -c \
    "sed -n 's/^CapEff:	0*//p' /proc/self/status"
}

@test "it may do what these allow to what its user namespace owns, and to nothing else" {
  is inside ns-unshare --user --map-root-user --uts sh -c 'hostname inside; hostname'
  fails 'hostname: ' ns-unshare --user --map-root-user hostname outside
}

@test "a program that an unmapped user executes gets no capabilities" {
  is 0000000000000000 ns-unshare --user sed -n 's/^CapEff:	//p' /proc/self/status
}

@test "who made a user namespace has all capabilities in it from its parent" {
  is 'True none' py '
become_nobody()
made, go = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    new_user_namespace(65534, 65534)
    os.write(made[1], b"x")
    os.read(go[0], 1)
    os._exit(0)
os.read(made[0], 1)
setns("/proc/%d/ns/user" % child, NEWUSER)
line = [l for l in open("/proc/self/status") if l.startswith("CapEff")][0]
print(int(line.split()[1], 16) != 0, error_of(unshare, NEWUTS))
os.write(go[1], b"x")'
}

@test "a process cannot join the user namespace that it is in: EINVAL" {
  is EINVAL py 'print(error_of(setns, "/proc/self/ns/user", NEWUSER))'
}

@test "a process with several threads joins and makes no user namespace: EINVAL" {
  start ns-unshare --user --map-root-user sh -c "$waits"
  is 'EINVAL EINVAL' py '
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
print(error_of(setns, "/proc/%s/ns/user" % sys.argv[1]),
      error_of(unshare, NEWUSER))
sys.stdout.flush()
os._exit(0)' "$pid"
}

@test "a process in a chroot makes no user namespace: EPERM" {
  mkdir root
  is EPERM py 'os.chroot("root"); print(error_of(unshare, NEWUSER))'
}

@test "user namespaces are nested 32 deep and no deeper" {
  is 'True' py '
def full(level):
    failed = error_of(new_user_namespace, 0, 0)
    if failed != "none":
        return failed in ("EUSERS", "ENOSPC") and level <= 33
    return full(level + 1)
print(full(0))'
}

@test "a new namespace beside a user namespace is owned by that" {
  start ns-unshare --user --map-root-user --net --ipc sh -c "$waits"
  is "$(inode "$pid" user)" cell ONS "$(inode "$pid" net)"
  is "$(inode "$pid" user)" cell ONS "$(inode "$pid" ipc)"
}

@test "a user namespace may mount tmpfs, and no file system of a block device: EPERM" {
  ns-unshare --user --map-root-user --mount mount -t tmpfs none /mnt
  is EPERM ns-unshare --user --map-root-user --mount python3 -c '
from kernel import *
print(error_of(mount, "/dev/vda", "/mnt", "ext4", 0))'
}

@test "a user namespace has a parent, that of who made it" {
  start ns-unshare --user --map-root-user ns-unshare --user --map-root-user \
    sh -c "$waits"
  middle=$(cell PNS "$(inode "$pid" user)")
  is "$(inode self user)" cell PNS "$middle"
}

@test "one call that makes several kinds makes the user namespace first" {
  # Which gives who has no rights at all those over the others.
  is 'none EPERM' py '
become_nobody()
print(forked(lambda: error_of(unshare, NEWUSER | NEWUTS | NEWNET | NEWNS)),
      error_of(unshare, NEWUTS))'
}

@test "joining one gives all capabilities in it, and none where one came from" {
  start ns-unshare --user --map-root-user --uts sh -c "$waits"
  is 'True none EPERM' py '
outside = os.open("/proc/self/ns/uts", os.O_RDONLY)
inside = os.open("/proc/%s/ns/uts" % sys.argv[1], os.O_RDONLY)
setns("/proc/%s/ns/user" % sys.argv[1])
line = [l for l in open("/proc/self/status") if l.startswith("CapEff")][0]
print(int(line.split()[1], 16) != 0, error_of(setns, inside),
      error_of(setns, outside))' "$pid"
}

@test "a capability in a user namespace is one in all below it" {
  # The host name of a namespace that a grandchild owns.
  start ns-unshare --user --map-root-user ns-unshare --user --map-root-user --uts \
    sh -c "$waits"
  is set nsenter --target="$pid" --uts sh -c 'hostname set; hostname'
}

@test "a new user namespace has the securebits of a new process" {
  is 'True 0' py '
PR_GET_SECUREBITS, PR_SET_SECUREBITS, KEEP_CAPS_LOCKED = 27, 28, 1 << 5
syscall(157, PR_SET_SECUREBITS, KEEP_CAPS_LOCKED, 0, 0, 0)
before = syscall(157, PR_GET_SECUREBITS, 0, 0, 0, 0)
unshare(NEWUSER)
print(before == KEEP_CAPS_LOCKED, syscall(157, PR_GET_SECUREBITS, 0, 0, 0, 0))'
}

@test "what is of no namespace takes rights in the first user namespace: EPERM" {
  # The calendar, a device, a swap file.
  is 'EPERM EPERM EPERM' ns-unshare --user --map-root-user --mount python3 -c '
from kernel import *
mount("tmpfs", "/mnt", "tmpfs", 0)
print(error_of(time.clock_settime, time.CLOCK_REALTIME, time.time()),
      error_of(os.mknod, "/mnt/null", 0o20666, os.makedev(1, 3)),
      error_of(syscall, 168, b"/mnt/swap"))'
}

@test "the file systems that a user namespace may mount" {
  # The page has bpf, too, which since Linux 6.9 only the first one may allow.
  types='proc sysfs devpts tmpfs ramfs mqueue cgroup2'
  expected=
  for type in $types; do
    ! grep -qw "$type" /proc/filesystems || expected+="$type "
  done
  # What is mounted over parts of the caller's own /proc and /sys would be seen
  # in a new one, which is refused then: mount_namespaces(7).
  is "$expected" sh -c '
    for type in '"$types"'; do
      grep -qw $type /proc/filesystems || continue
      if ns-unshare --user --map-root-user --mount --pid --net --ipc --cgroup \
        --fork mount -t $type none /mnt 2>>errors; then
        printf "%s " $type
      elif [ $type = proc ] || [ $type = sysfs ]; then
        grep -q " /proc/[^ ]* \| /sys/[^ ]* " /proc/self/mountinfo &&
          printf "%s " $type
      fi
    done
    echo'
}

@test "an overlay may be mounted in a user namespace" {
  grep -qw overlay /proc/filesystems || skip "this kernel has no overlayfs"
  is merged ns-unshare --user --map-root-user --mount sh -ec '
    mount -t tmpfs tmpfs /mnt
    cd /mnt
    mkdir lower upper work merged
    : >lower/merged
    mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr \
      none merged
    ls merged'
}

@test "users of two user namespaces have keyrings of their own" {
  [ -e /proc/keys ] || skip "this kernel keeps no keys"
  is 'True True' py '
KEYCTL, GET_ID, USER_KEYRING = 250, 0, -4
def user_keyring():
    return syscall(KEYCTL, GET_ID, USER_KEYRING, 1)
def inside():
    unshare(NEWUSER)
    open("/proc/self/setgroups", "w").write("deny")
    open("/proc/self/uid_map", "w").write("0 0 1")
    return user_keyring()
own = user_keyring()
print(own > 0, forked(inside) != str(own))'
}
