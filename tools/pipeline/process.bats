# The options of rootfs-run about its program: who it is, what it may do, what
# it finds.
# shellcheck disable=SC2016 # for the shell in the container

load pipeline.bash

setup_file() { prepare_file; }

setup() {
  prepare
  image-import "$IMAGES/docker-export.tar" busybox >/dev/null
  image-get busybox | layer-unpack | overlay-mount >base.json
}

teardown() { finish; }

# run_in 'OPTIONS -- PROGRAM': as `job`, on that root.
run_in() {
  job "rootfs-run --input=base.json $1"
}

# refused TEXT 'OPTIONS': with one line that has the text, and nothing run.
refused() {
  run_in "$2 -- touch /ran"
  expect 125 "$1"
}

status_of() {
  run_in "$* -- cat /proc/self/status"
  expect 0
}

@test "capabilities: the default ones, added, dropped, all, none" {
  status_of
  grep -q '^CapEff:.*00000000a80425fb$' out
  status_of --cap-add=net_admin --cap-drop=CAP_CHOWN
  grep -q '^CapEff:.*00000000a80435fa$' out
  status_of --cap-drop=ALL --cap-add=SYS_ADMIN
  grep -q '^CapBnd:.*0000000000200000$' out
  status_of --cap-drop=all
  grep -q '^CapBnd:.*0000000000000000$' out
  grep -q '^Seccomp:.*2$' out
  status_of --cap-add=ALL --cap-drop=KILL
  awk '$1 == "CapEff:" { exit !($2 ~ /df$/) }' out
  refused "capability 'BOGUS'" --cap-add=BOGUS
  refused "capability 'BOGUS'" --cap-drop=BOGUS
}

@test "a capability that the caller lacks is named" {
  setpriv --bounding-set=-sys_boot --inh-caps=-sys_boot true ||
    skip "setpriv cannot take a capability away here"
  job "setpriv --bounding-set=-sys_boot --inh-caps=-sys_boot rootfs-run \
    --input=base.json --cap-add=SYS_BOOT -- true"
  expect 125 CAP_SYS_BOOT caller
}

@test "the filter refuses what the profile refuses" {
  run_in '--cap-add=SYS_ADMIN -- mount -t tmpfs none /tmp'
  expect 0
  printf '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
     "errnoRet": 28}]}' >profile.json
  run_in '--security-opt=seccomp=profile.json -- mkdir /new'
  expect 1 'No space left'
  [ "$(container-convert --to=json <base.json | wc -l)" = 1 ]
  printf '{"defaultAction": "SCMP_ACT_KILL_PROCESS", "syscalls": [
    {"names": ["execve"], "action": "SCMP_ACT_ALLOW"}]}' >strict.json
  run_in '--security-opt=seccomp=strict.json -- true'
  expect 159
}

@test "a profile that is wrong is named with what is wrong in it" {
  refused absent.json --security-opt=seccomp=absent.json
  echo '{"defaultAction": "SCMP_ACT_FOO"}' >wrong.json
  refused SCMP_ACT_FOO --security-opt=seccomp=wrong.json
  echo '{"defaultAction": "SCMP_ACT_ALLOW", "sysCalls": []}' >wrong.json
  refused sysCalls --security-opt=seccomp=wrong.json
  echo 'no JSON' >wrong.json
  refused wrong.json --security-opt=seccomp=wrong.json
}

@test "a profile is found from wherever the document is read" {
  echo '{"defaultAction": "SCMP_ACT_LOG"}' >profile.json
  job 'rootfs-run --input=base.json --emit --security-opt=seccomp=profile.json \
    -- true'
  expect 0
  grep -qF "\"seccomp=$WORK/profile.json\"" out
  unwind <out
}

@test "privileges by exec: as in docker, unless told otherwise" {
  mkdir root
  cp "$(realpath "$(command -v layer-hash)")" root/tool
  cp "$IMAGES/docker-export.tar" root/secret.tar
  chmod 4755 root/tool
  chmod 600 root/secret.tar
  hash='-- /tool layer-hash /secret.tar'
  job "rootfs-run --root=root --user=1000 $hash"
  expect 0
  job "rootfs-run --root=root --user=1000 --security-opt=no-new-privileges $hash"
  expect 1 'Permission denied'
  status_of --security-opt=no-new-privileges
  grep -q '^NoNewPrivs:.*1$' out
  refused 'true or false' --security-opt=no-new-privileges=perhaps
}

@test "security options that nobody knows or this kernel lacks" {
  refused "--security-opt 'bogus'" --security-opt=bogus
  refused SELinux --security-opt=label=type:x
  [ -e /sys/module/apparmor ] ||
    refused AppArmor --security-opt=apparmor=docker-default
  run_in '--security-opt=apparmor=unconfined --security-opt=label=disable -- true'
  expect 0
}

@test "system paths are masked, unless they are to be seen" {
  run_in '-- sh -c "cat /proc/keys | wc -c; touch /proc/sys/kernel/shmmax"'
  [ "$(head -n 1 out)" = 0 ]
  run_in '--security-opt=systempaths=unconfined -- grep -c . /proc/keys'
  expect 0
  [ "$output" -gt 0 ]
}

@test "the environment: image, host, files, options" {
  printf '\357\273\277# comment\nFROM_FILE=a b\nBOTH=file\nCLEAT_STORE\n\n' >list.env
  run_in '--env-file=list.env --env=BOTH=option --env=CLEAT_RUN -- env'
  expect 0
  grep -qx 'FROM_FILE=a b' out
  grep -qx 'BOTH=option' out
  grep -qx "CLEAT_STORE=$CLEAT_STORE" out
  grep -qx "CLEAT_RUN=$CLEAT_RUN" out
  job 'MINE=yes rootfs-run --input=base.json --env-host --env=HOME=/h -- env'
  expect 0
  grep -qx MINE=yes out
  grep -qx HOME=/h out
  echo 'A B=1' >list.env
  refused 'line 1' --env-file=list.env
  refused absent.env --env-file=absent.env
  refused "environment '=x'" --env==x
}

@test "users and groups, by name and id" {
  run_in '--user=app --group-add=7 --group-add=app -- id'
  expect 0
  [[ $output == *"(app)"*7* ]]
  run_in '--user=12345:54321 -- id -g'
  [ "$output" = 54321 ]
  refused "user 'nobody-here'" --user=nobody-here
  refused "group 'nobody-here'" --group-add=nobody-here
}

@test "limits of resources" {
  run_in '--ulimit=nofile=100:200 --ulimit=core=0 --ulimit=memlock=65536 -- \
    sh -c "ulimit -n; ulimit -Hn; ulimit -c; ulimit -l"'
  expect 0
  [ "$output" = $'100\n200\n0\n64' ]
  refused RLIMIT_BOGUS --ulimit=bogus=1
  refused "--ulimit 'nofile=2:1'" --ulimit=nofile=2:1
  job 'ulimit -n 512; setpriv --bounding-set=-sys_resource \
    --inh-caps=-sys_resource rootfs-run --input=base.json \
    --ulimit=nofile=1024 -- true'
  expect 125 RLIMIT_NOFILE CAP_SYS_RESOURCE
}

@test "kernel parameters of the container's own namespaces" {
  run_in '--sysctl=kernel.shmmax=4242 --sysctl=net.ipv4.ip_forward=1 -- \
    cat /proc/sys/kernel/shmmax /proc/sys/net/ipv4/ip_forward'
  expect 0
  [ "$output" = $'4242\n1' ]
  refused 'whole machine' --sysctl=kernel.panic=1
  refused 'network namespace' '--network=host --sysctl=net.ipv4.ip_forward=1'
  refused "--sysctl 'kernel.shmmax'" --sysctl=kernel.shmmax
  refused net/bogus --sysctl=net.bogus=1
}

@test "names of the host and of its domain" {
  run_in '--hostname=web --domainname=example.org -- \
    sh -c "hostname; cat /proc/sys/kernel/domainname; echo \$HOSTNAME"'
  expect 0
  [ "$output" = $'web\nexample.org\nweb' ]
  refused hostname "--hostname=$(printf 'x%.0s' {1..65})"
  # An empty one is none, and never the host's.
  run_in '--hostname= -- sh -c "hostname; echo \$HOSTNAME"'
  [[ $output =~ ^([0-9a-f]{12})$'\n'([0-9a-f]{12})$ ]]
  [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
  # The host keeps its own.
  refused 'uts=host: takes no --hostname' '--uts=host --hostname=web'
  refused 'uts=host: takes no' '--uts=host --domainname=example.org'
}

@test "entrypoint, command and arguments" {
  run_in '--entrypoint=/bin/echo --args=one --args="t w o"'
  expect 0
  [ "$output" = 'one t w o' ]
  run_in '--entrypoint="" --args=echo --args=plain'
  expect 0
  [ "$output" = plain ]
}

@test "the working directory is made, within the root" {
  run_in '--workdir=/new/directory -- sh -c pwd'
  expect 0
  [ "$output" = /new/directory ]
  refused relative --workdir=relative
  run_in '--read-only --workdir=/new/directory -- sh -c "pwd; touch x"'
  expect 1 'Read-only file system'
  [ "$output" = /new/directory ]
}

@test "the score of the OOM killer" {
  run_in '--oom-score-adj=321 -- cat /proc/self/oom_score_adj'
  expect 0
  [ "$output" = 321 ]
  refused 'from -1000 to 1000' --oom-score-adj=1001
  job 'setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource rootfs-run \
    --input=base.json --oom-score-adj=-999 -- true'
  expect 125 oom_score_adj CAP_SYS_RESOURCE
}

@test "a signal to stop it by has a name" {
  run_in '--stop-signal=SIGUSR1 -- true'
  expect 0
  refused "signal 'BOGUS'" --stop-signal=BOGUS
}

@test "the pid file is there as long as the container" {
  rootfs-run --input=base.json --detach --output=c.json --pid-file=c.pid -- \
    sleep 1000
  [ "$(cat c.pid)" = "$(get process.state.init.pid c.json)" ]
  unwind --grace=0 <c.json
  [ ! -e c.pid ]
  refused absent/c.pid --pid-file=absent/c.pid
}

@test "a pid file that is a device or a pipe is written to, and stays" {
  mknod null c 1 3
  rootfs-run --input=base.json --pid-file=null -- true
  [ "$(stat -c '%t %T' null)" = '1 3' ]
  [ "$(rootfs-run --input=base.json --pid-file=/dev/fd/5 -- true \
    5> >(cat))" -gt 1 ]
  mkdir directory
  refused directory --pid-file=directory
  [ -d directory ]
}

@test "descriptors: only those that are preserved" {
  run_in '-- ls /proc/self/fd 5</dev/null'
  [ "$(wc -l <out)" = 4 ]
  run_in '--preserve-fd=5 -- cat /proc/self/fd/5 5<base.json'
  expect 0
  cmp out base.json
  refused '--preserve-fd 999' --preserve-fd=999
}
