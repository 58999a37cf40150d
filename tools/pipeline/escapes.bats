# Ways out of a container that others have had: each test tries one, from
# within a container that may do all that one may by default, as its root.
#
# What is not to be reached is a file on the host, secret, beside the store; it
# is also what must stay unchanged where a path leads there.

load pipeline.bash

setup_file() { prepare_file; }

setup() {
  prepare
  echo secret >secret
  root >base.json
}

teardown() {
  unwind --grace=0 --id=web 2>/dev/null || true
  [ ! -e secret ] || [ "$(cat secret)" = secret ]
  finish
}

RUN='rootfs-run --input=base.json --user=0'

service() {
  rootfs-run --input=base.json --user=0 --name=web --detach --output=web.json \
    "$@" -- sleep 1000
}

# CVE-2024-21626: a directory of the host that stayed open was the way in.
@test "a working directory never leads through a descriptor" {
  local fd
  service
  for fd in 3 4 5 6 7 8 9 10 11 12; do
    job "$RUN --workdir=/proc/self/fd/$fd -- cat ../../../../../../..$WORK/secret"
    [ "$status" = 125 ]
    job "container-exec --id=web --workdir=/proc/self/fd/$fd -- true"
    [ "$status" = 125 ]
  done
}

@test "no descriptor of the host is open in a container" {
  exec 7<secret
  job "$RUN -- sh -c 'ls /proc/self/fd | wc -l'"
  # And the one of ls.
  [ "$output" = 4 ]
  service
  job 'container-exec --id=web -- sh -c "ls /proc/self/fd | wc -l"'
  [ "$output" = 4 ]
  exec 7<&-
}

# CVE-2019-5736: what is run is /proc/self/exe, the host's own binary.
@test "the host's binary is neither run nor to be had in a container" {
  local program
  service
  container-exec --id=web --user=0 -- sh -c 'ln -s /proc/self/exe /exe
    echo "#!/proc/self/exe" >/script; chmod +x /script'
  for program in /proc/self/exe /exe /script; do
    job "container-exec --id=web --user=0 -- $program"
    [ "$status" = 126 ]
  done
  job "$RUN -- /proc/self/exe"
  [ "$status" = 126 ]
  # With an init, too, nothing there is the host's.
  job "$RUN --init -- sh -c 'readlink /proc/1/exe; echo x >/proc/1/exe'"
  [[ $output == '/memfd:cleat-init'* ]]
  [ "$status" != 0 ]
}

# The same as a race: the program is exchanged for a link to /proc/self/exe
# between every check and exec. Whatever is run then is the launcher, in sealed
# memory: a container that looks at all processes sees no other file.
@test "an exec that races with the exchange of its program runs nothing of ours" {
  service
  container-exec --id=web --user=0 --detach -- sh -c 'cp /bin/busybox /real
    while :; do ln -sf /proc/self/exe /p; mv /p /program; cp /real /p; mv /p /program; done'
  container-exec --id=web --user=0 --detach -- sh -c 'while :; do
    for exe in /proc/[0-9]*/exe; do readlink $exe; done; done >>/seen 2>/dev/null'
  until_true container-exec --id=web -- test -s /seen
  local i
  for i in {1..60}; do
    container-exec --id=web --user=0 -- /program true >/dev/null 2>&1 || true
  done
  container-exec --id=web --user=0 -- sh -c \
    'grep -v -e "^/bin/busybox" -e "^/real" -e "^/p" -e "^/memfd:cleat-init" /seen || true' >other
  [ ! -s other ]
}

# CVE-2016-9962 and its like: the process that joins is looked into before exec.
@test "a process that joins cannot be looked into" {
  service
  container-exec --id=web --user=0 --detach -- sh -c 'while :; do
    for p in /proc/[0-9]*; do ls $p/fd/ >/dev/null 2>&1 && ls -l $p/fd $p/root 2>/dev/null; done
    done >/seen'
  until_true container-exec --id=web -- test -s /seen
  local i
  for i in {1..40}; do
    container-exec --id=web -- true </dev/null >/dev/null 2>&1
  done
  container-exec --id=web --user=0 -- sh -c 'grep -e "-> .*'"$WORK"'/" /seen || true' | cat >found
  [ ! -s found ]
}

# CVE-2025-52565: the console was bound from, and to, what the image has there.
@test "the console is never a path of the image's" {
  mkdir -p evil/dev evil/bin
  cp "$(command -v busybox)" evil/bin/busybox
  ln -s busybox evil/bin/sh
  ln -s "$WORK/secret" evil/dev/console
  overlay-mount --lower=evil | cat >evil.json
  job "rootfs-run --input=evil.json --tty -- /bin/sh -c 'echo overwritten >/dev/console'"
  [ "$(cat secret)" = secret ]
  # In a container that runs, /dev/pts may be anything.
  service --privileged
  container-exec --id=web --user=0 --privileged -- sh -c \
    'umount /dev/pts; rmdir /dev/pts; ln -s /tmp /dev/pts; mkdir -p /tmp; mkfifo /tmp/ptmx'
  job 'container-exec --id=web --tty -- true'
  [ "$status" = 125 ]
  container-exec --id=web --user=0 -- sh -c 'rm /dev/pts; mkdir /dev/pts; mkfifo /dev/pts/ptmx'
  job 'container-exec --id=web --tty -- true'
  [ "$status" = 125 ]
  [[ $error == *'no devpts'* ]]
}

# CVE-2025-31133: masks were bound from a /dev/null that was a link.
@test "a /dev, /proc or /etc of the image that is a link leads nowhere outside" {
  local name
  for name in dev proc sys etc; do
    rm -rf evil
    mkdir -p evil/bin outside
    cp "$(command -v busybox)" evil/bin/busybox
    ln -s busybox evil/bin/sh
    ln -s "$WORK/outside" "evil/$name"
    overlay-mount --lower=evil | cat >evil.json
    job "rootfs-run --input=evil.json -- /bin/sh -c 'echo x >/etc/made'"
    [ -z "$(ls outside)" ]
  done
}

# CVE-2021-30465: the target of a mount is a link, or becomes one.
@test "a mount never lands outside of the root" {
  mkdir volume outside
  ln -s "$WORK/outside" volume/link
  ln -s ../../../../../../../../../.."$WORK/outside" volume/up
  local target
  for target in /v/link /v/up /v/link/../../x /../../v/up /v/link/made \
    /v/up/made; do
    job "$RUN --mount=type=bind,src=$WORK/volume,dst=/v --mount=type=tmpfs,dst=$target -- true"
    [ -z "$(ls outside)" ]
  done
  [ "$(cat secret)" = secret ]
}

# CVE-2022-0492 and older: a program of the host's that the kernel starts.
@test "release_agent, core_pattern and their like cannot be written" {
  local file
  service
  for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe \
    /proc/sysrq-trigger /sys/kernel/uevent_helper; do
    job "$RUN -- sh -c '[ ! -e $file ] || echo x >$file'"
    [ "$status" != 0 ] || [ ! -e $file ]
    job "container-exec --id=web --user=0 -- sh -c '[ ! -e $file ] || echo x >$file'"
    [ "$status" != 0 ] || [ ! -e $file ]
  done
  job "$RUN -- sh -c 'find /sys/fs/cgroup -name release_agent | while read -r f; do
    echo x >\$f && echo WRITTEN; done'"
  [[ $output != *WRITTEN* ]]
  # Nor can a hierarchy be mounted anew, in a user namespace of one's own.
  job "$RUN -- /bin/busybox unshare -Urm sh -c 'mount -t cgroup -o rdma x /mnt'"
  [ "$status" != 0 ]
}

# A character that is typed into the caller's terminal would be his.
@test "TIOCSTI reaches no terminal of the caller's" {
  command -v python3 >/dev/null || skip "python3 is missing"
  timeout 300 python3 "$BATS_TEST_DIRNAME/terminal.py" -- $RUN -- sh -c \
    'cat /proc/self/stat | cut -d " " -f 7; echo >/dev/tty' >said 2>&1 || true
  # No controlling terminal: field 7 is 0, and /dev/tty cannot be opened.
  cat said
  grep -qx 0 said
  grep -q '/dev/tty' said
}

# with_key COMMAND...: runs it in a session of keys that has one, which only who
# possesses it sees in /proc/keys (keyrings(7), "Possession").
with_key() {
  python3 -c 'import ctypes, os, sys
call = ctypes.CDLL(None, use_errno=True).syscall
add_key, keyctl = 248, 250
join_session, set_permissions, session = 1, 5, -3
if call(keyctl, join_session, None) < 0: sys.exit(77)
key = call(add_key, b"user", b"cleat-secret", b"x", 1, session)
if key < 0 or call(keyctl, set_permissions, key, 0x3f000000) < 0: sys.exit(77)
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
}

@test "the caller's keys are not in the container" {
  [ "$(uname -m)" = x86_64 ] || skip "the numbers of the calls are x86-64's"
  with_key true || skip "keys cannot be made here"
  with_key cat /proc/keys | grep cleat-secret || skip "no keys are shown here"
  job "$RUN -- sh -c 'cat /proc/keys | wc -l'"
  [ "$output" = 0 ]
  # Where nothing is masked.
  with_key $RUN --privileged -- cat /proc/keys >keys
  [ -s keys ]
  if grep cleat-secret keys; then false; fi
  service --privileged
  with_key container-exec --id=web --privileged -- cat /proc/keys >keys
  [ -s keys ]
  if grep cleat-secret keys; then false; fi
}
