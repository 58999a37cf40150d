# The statements of user_namespaces(7) on ids: how they are mapped, and what the
# maps make of processes and files. Each is shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

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

@test "a set-user-ID program of an unmapped user runs as who executes it" {
  cp "$(command -v id)" mine
  chown 12345 mine
  chmod 4755 mine
  is 12345 sh -c './mine -u'
  is 0 ns-unshare --user --map-root-user ./mine -u
}

@test "a line of a map is three numbers, the last above 0, at the file's start: EINVAL" {
  start ns-unshare --user sh -c "$waits"
  is 'EINVAL EINVAL EINVAL EINVAL none' py '
def write(text):
    write_file("/proc/%s/uid_map" % sys.argv[1], text)
print(error_of(write, b"0 0 0"), error_of(write, b"0 0 x"),
      error_of(write, b"0 0"), error_of(write, b"\n"),
      error_of(write, b"0 0 1"))' "$pid"
  # The kernel lets nobody begin elsewhere.
  is 'ESPIPE' py '
print(error_of(write_file, "/proc/self/gid_map", b"0 0 1", 1))'
}

@test "a map is written in less than a page: EINVAL" {
  start ns-unshare --user sh -c "$waits"
  is EINVAL py '
fd = os.open("/proc/%s/uid_map" % sys.argv[1], os.O_WRONLY)
print(error_of(os.write, fd, b"0 0 1" + b" " * os.sysconf("SC_PAGE_SIZE")))' \
    "$pid"
}

@test "outer ids must be mapped in the parent: EPERM" {
  is 'EPERM none' ns-unshare --user --map-users=0:1000:5 --map-groups=0:1000:5 \
    --setgid=0 --setuid=0 python3 -c '
from kernel import *
path = "/proc/%d/uid_map" % waiting_child(lambda: unshare(NEWUSER))
print(error_of(write_file, path, b"0 5 1"), error_of(write_file, path, b"0 4 1"))'
}

@test "a map of the parent's user 0 takes CAP_SETFCAP in it: EPERM" {
  start ns-unshare --user sh -c "$waits"
  write='from kernel import *
print(error_of(write_file, "/proc/%s/uid_map" % sys.argv[1], b"0 0 1"))'
  is EPERM setpriv --bounding-set=-setfcap python3 -c "$write" "$pid"
  is none python3 -c "$write" "$pid"
}

@test "a map of who is neither in the namespace nor in its parent is refused: EPERM" {
  start ns-unshare --user --map-root-user ns-unshare --user sh -c "$waits"
  is EPERM py '
fd = os.open("/proc/%s/uid_map" % sys.argv[1], os.O_WRONLY)
print(error_of(os.write, fd, b"0 0 1"))' "$pid"
}

@test "without privilege who made the namespace writes its map, and nobody else: EPERM" {
  is 'EPERM none' py '
def setup():
    become_nobody()
    unshare(NEWUSER)
child = waiting_child(setup)
def write_as(user):
    # The file is of nobody; that it can be opened does not suffice.
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.seteuid(65534)
    fd = os.open("/proc/%d/uid_map" % child, os.O_WRONLY)
    os.seteuid(0)
    os.setresuid(user, user, user)
    return error_of(os.write, fd, b"0 %d 1" % user)
print(forked(write_as, 65533), forked(write_as, 65534))'
}

@test "an outer id that the reader has not is shown as 4294967295" {
  start ns-unshare --user --map-users=0:1000:10 --map-groups=0:1000:10 \
    sh -c "$waits"
  is '0 4294967295 10' ns-unshare --user --map-users=0:5000:10 \
    --map-groups=0:5000:10 sh -c "xargs <'/proc/$pid/uid_map'"
}

@test "the first user namespace maps each id to itself, but for the last" {
  [ "$(inode self user)" = 4026531837 ] || skip "not in the first user namespace"
  is '0 0 4294967295' xargs -a /proc/self/uid_map
  is '0 0 4294967295' xargs -a /proc/self/gid_map
  is allow cat /proc/self/setgroups
}

@test "project ids are mapped likewise, by who is in the namespace or its parent" {
  start ns-unshare --user --map-root-user sh -c "$waits"
  is 'EINVAL none EPERM' py '
def write(text):
    fd = os.open("/proc/%s/projid_map" % sys.argv[1], os.O_WRONLY)
    os.write(fd, text)
print(error_of(write, b"0 0 0"), error_of(write, b"0 100 10"),
      error_of(write, b"0 100 10"))' "$pid"
  is '0 100 10' xargs -a "/proc/$pid/projid_map"
}

@test "ids are changed to mapped ones only: EINVAL, and to none without a map" {
  is 'EINVAL EINVAL' py '
unshare(NEWUSER)
print(error_of(os.setresuid, 0, 0, 0), error_of(os.setresgid, 0, 0, 0))'
  is 'none EINVAL none EINVAL' ns-unshare --user --map-users=0:1000:10 \
    --map-groups=0:1000:10 --setuid=0 --setgid=0 python3 -c '
from kernel import *
print(error_of(os.setresgid, 9, 0, 0), error_of(os.setresgid, 10, 0, 0),
      error_of(os.setresuid, 9, 0, 0), error_of(os.setresuid, 10, 0, 0))'
}

@test "a file is accessed with the ids of the first user namespace" {
  echo text >file
  chown 1003:1003 file
  chmod 600 file
  chmod 755 .
  # Its owner is user 3 inside.
  is text ns-unshare --user --map-users=0:1000:10 --map-groups=0:1000:10 \
    --setgid=3 --setuid=3 cat file
  fails 'Permission denied' ns-unshare --user --map-users=0:1000:10 \
    --map-groups=0:1000:10 --setgid=4 --setuid=4 cat file
}

@test "capabilities over files are over those whose user and group are mapped" {
  for owner in 1003:1003 1003:99 99:1003; do
    : >"$owner"
    chown "$owner" "$owner"
    chmod 600 "$owner"
  done
  is 'none EACCES EACCES none EPERM EPERM none none EPERM' \
    ns-unshare --user --map-users=0:1000:10 --map-groups=0:1000:10 \
    --setgid=0 --setuid=0 python3 -c '
from kernel import *
files = "1003:1003", "1003:99", "99:1003"
print(*[error_of(open, file) for file in files],
      *[error_of(os.chown, file, 0, -1) for file in files], end=" ")
# For CAP_FOWNER, which this is, it suffices that the user is.
print(*[error_of(os.utime, file, (1, 1)) for file in files[1:2]],
      *[error_of(os.chmod, file, 0o640) for file in files[1:]])'
}

@test "a set-user-ID program of a mapped user runs as that user, as counted inside" {
  cp "$(command -v id)" mine
  chown 1003:1003 mine
  chmod 6755 mine
  chmod 755 .
  is 3 ns-unshare --user --map-users=0:1000:10 --map-groups=0:1000:10 \
    --setgid=0 --setuid=0 ./mine -u
  # Of which the group is not: neither counts.
  chown 1003:99 mine
  chmod 6755 mine
  is 0 ns-unshare --user --map-users=0:1000:10 --map-groups=0:1000:10 \
    --setgid=0 --setuid=0 ./mine -u
}

@test "ids that go over a socket are those of the receiver's user namespace" {
  is '1003 3' py '
SO_PASSCRED, SCM_CREDENTIALS = 16, 2
import struct
def receiver():
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ends[0].setsockopt(socket.SOL_SOCKET, SO_PASSCRED, 1)
    return ends
def user_of(end):
    data = end.recvmsg(1, socket.CMSG_SPACE(12))[1][0][2]
    return struct.unpack("iII", data)[1]
outside, inside = receiver(), receiver()
mapped, answer = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    unshare(NEWUSER)
    os.write(answer[1], b"x")
    os.read(mapped[0], 1)
    os.setresgid(3, 3, 3)
    os.setresuid(3, 3, 3)
    outside[1].send(b"x")
    inside[1].send(b"x")
    os.write(answer[1], b"%d" % user_of(inside[0]))
    os._exit(0)
os.read(answer[0], 1)
for file in "uid_map", "gid_map":
    open("/proc/%d/%s" % (child, file), "w").write("0 1000 10")
os.write(mapped[1], b"x")
print(user_of(outside[0]), os.read(answer[0], 9).decode())'
}
