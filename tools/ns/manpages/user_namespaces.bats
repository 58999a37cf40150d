# The statements of user_namespaces(7), each shown on this kernel.
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

@test "unmapped ids are shown as the overflow ids" {
  is "$(cat /proc/sys/kernel/overflowuid) $(cat /proc/sys/kernel/overflowgid)" \
    ns-unshare --user sh -c 'echo "$(id -u) $(id -g)"'
  : >file
  chown 12345:12345 file
  is 65534:65534 ns-unshare --user --map-root-user stat -c %u:%g file
}

@test "a map can be written once: EPERM the second time" {
  start ns-unshare --user sh -c "$waits"
  is 'none EPERM' py '
def write():
    fd = os.open("/proc/%s/uid_map" % sys.argv[1], os.O_WRONLY)
    os.write(fd, b"0 0 1")
print(error_of(write), error_of(write))' "$pid"
}

@test "a map has 340 lines at most, and no overlapping ones: EINVAL" {
  start ns-unshare --user sh -c "$waits"
  is 'EINVAL EINVAL EINVAL none' py '
def write(lines):
    fd = os.open("/proc/%s/uid_map" % sys.argv[1], os.O_WRONLY)
    os.write(fd, "".join("%d %d %d\n" % line for line in lines).encode())
print(error_of(write, [(2 * i, 2 * i, 1) for i in range(341)]),
      error_of(write, [(0, 0, 5), (4, 100, 1)]),
      error_of(write, [(0, 0, 5), (10, 4, 1)]),
      error_of(write, [(2 * i, 2 * i, 1) for i in range(340)]))' "$pid"
  is 340 sh -c "wc -l <'/proc/$pid/uid_map'"
}

@test "without privilege a process maps its own user alone" {
  is 'EPERM EPERM none' py '
become_nobody()
def write(text):
    fd = os.open("/proc/self/uid_map", os.O_WRONLY)
    os.write(fd, text)
unshare(NEWUSER)
print(error_of(write, b"0 0 1"), error_of(write, b"0 65534 2"),
      error_of(write, b"0 65534 1"))'
}

@test "without privilege gid_map needs setgroups to be denied first" {
  is 'EPERM none EPERM' py '
become_nobody()
def write(path, text):
    fd = os.open("/proc/self/" + path, os.O_WRONLY)
    os.write(fd, text)
unshare(NEWUSER)
first = error_of(write, "gid_map", b"0 65534 1")
write("setgroups", b"deny")
print(first, error_of(write, "gid_map", b"0 65534 1"),
      error_of(os.setgroups, []))'
}

@test "setgroups is EPERM before the map of groups, and what is denied stays so" {
  is 'EPERM EPERM' py '
def write(text):
    fd = os.open("/proc/self/setgroups", os.O_WRONLY)
    os.write(fd, text)
unshare(NEWUSER)
before = error_of(os.setgroups, [])
write(b"deny")
print(before, error_of(write, b"allow"))'
}

@test "what is denied is denied to the user namespaces below" {
  is deny ns-unshare --user --map-root-user --setgroups=deny \
    ns-unshare --user cat /proc/self/setgroups
}

@test "once the groups are mapped setgroups cannot be denied any more: EPERM" {
  start ns-unshare --user sh -c "$waits"
  echo 0 0 10 >"/proc/$pid/gid_map"
  is EPERM py '
def write():
    fd = os.open("/proc/%s/setgroups" % sys.argv[1], os.O_WRONLY)
    os.write(fd, b"deny")
print(error_of(write))' "$pid"
}

@test "a map shows the ids as those of the reader's user namespace" {
  start ns-unshare --user --map-users=0:1000:10 --map-groups=0:1000:10 \
    sh -c "$waits"
  is '0 1000 10' sh -c "xargs <'/proc/$pid/uid_map'"
  is '0 5 10' ns-unshare --user --map-users=0:0:1 --map-users=5:1000:10 \
    sh -c "xargs <'/proc/$pid/uid_map'"
}

@test "a file cannot be given to a user who is not mapped: EINVAL" {
  : >file
  is EINVAL ns-unshare --user --map-root-user python3 -c '
from kernel import *
print(error_of(os.chown, "file", 1, -1))'
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

@test "a set-user-ID program of an unmapped user runs as who executes it" {
  cp "$(command -v id)" mine
  chown 12345 mine
  chmod 4755 mine
  is 12345 sh -c './mine -u'
  is 0 ns-unshare --user --map-root-user ./mine -u
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
