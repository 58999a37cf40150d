# Everyday `docker run` lines, as Docker's own documentation has them: the same
# output and status by container-run, by the pipeline that it prints, and by
# the real docker.

load pipeline.bash
load docker.bash

setup_file() {
  prepare_file
  start_docker
  [ -z "${DOCKER_ROOT:-}" ] ||
    docker import "$IMAGES/docker-export.tar" busybox >/dev/null
}

teardown_file() { stop_docker; }

setup() {
  prepare
  image-import "$IMAGES/docker-export.tar" busybox >/dev/null
}

teardown() { finish; }

# result COMMAND: its output and status in `got`, errors in `err`.
result() {
  local status=0
  got=$(bash -c "$1" <in 2>err) || status=$?
  got+=$'\n'"status $status"
}

# same 'OPTIONS IMAGE ARGS': one line, three ways.
same() {
  local line=$1 expected
  [ -e in ] || : >in
  needs_docker
  result "docker run --rm $line"
  expected=$got
  mv err docker_err
  result "container-run --rm $line"
  differs "container-run" "$expected"
  result "container-run --print --rm $line >pipeline && dash pipeline"
  differs "the pipeline" "$expected"
}

differs() {
  [ "$got" != "$2" ] || return 0
  # What docker's own helpers fail at on this machine says nothing about us.
  [ "$2" != $'\nstatus 125' ] ||
    ! grep -qE 'failed to (create|start) shim' docker_err ||
    skip "docker fails here: $(head -n 1 docker_err)"
  printf '%s gives:\n%s\n%s\ndocker run gives:\n%s\n%s\n' \
    "$1" "$got" "$(cat err)" "$2" "$(cat docker_err)"
  return 1
}

@test "a command" {
  same 'busybox echo hello world'
}

@test "-e, --env and --env-file" {
  printf '# a comment\nVAR3=from the file\nUSER\n\nEMPTY=\n' >env.list
  export MYVAR1=mine USER=me
  same "-h box -e MYVAR1 --env MYVAR2=foo -e 'WITH=a b' -e MISSING \
    --env-file $WORK/env.list busybox sh -c 'env | sort'"
}

@test "-v, -w and -i" {
  mkdir dir
  echo content >dir/file
  same "-v $WORK/dir:/mnt -w /mnt -i busybox sh -c 'pwd; cat file; ls -ln file'"
  same "-v $WORK/dir:/mnt:ro busybox sh -c 'touch /mnt/x'"
  echo 'from the caller' >in
  same '-i busybox cat'
  same 'busybox cat'
}

@test "--mount" {
  mkdir dir
  echo content >dir/file
  same "--mount type=bind,src=$WORK/dir,dst=/new/dir,readonly busybox \
    sh -c 'cat /new/dir/file; touch /new/dir/x'"
  same "--mount type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770 busybox \
    sh -c 'df -k /t | tail -n 1; stat -c %a /t'"
}

@test "-w makes the directory" {
  same "-w /path/to/dir busybox sh -c 'pwd; ls -ldn . | cut -c 1-10'"
}

@test "-u by name and by number" {
  same '-u 1000:1000 busybox id'
  same '-u 1234 busybox id'
  same '-u app busybox id'
  same '-u app:root --group-add 77 busybox id'
  same '-u nobody-there busybox id'
}

@test "--network none" {
  same "--network none busybox sh -c 'ls /sys/class/net; cat /etc/resolv.conf'"
}

@test "--entrypoint" {
  same "--entrypoint /bin/echo busybox -n a b"
  same "--entrypoint '' busybox echo no entrypoint"
}

@test "--memory, --cpus and --pids-limit" {
  [ -d /sys/fs/cgroup/memory ] || skip "no cgroup v1"
  same "--memory 64m --cpus .5 --pids-limit 20 --cpu-shares 512 busybox sh -c '
    cd /sys/fs/cgroup
    cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes
    cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu/cpu.shares
    cat pids/pids.max'"
  # As scripts pass on what they were not given.
  same "--memory 0 --memory-swap 0 --cpus 0 --cpu-shares 0 --cpu-period 0 \
    --blkio-weight 0 --memory-swappiness -1 --cpuset-cpus '' --cpuset-mems '' \
    --pids-limit 0 busybox sh -c '
    cd /sys/fs/cgroup
    cat memory/memory.limit_in_bytes cpu/cpu.shares pids/pids.max'"
}

@test "--cap-drop and --cap-add" {
  same 'busybox grep ^Cap /proc/self/status'
  same '--cap-drop ALL --cap-add CHOWN busybox grep ^Cap /proc/self/status'
  same '--cap-drop MKNOD --cap-drop net_raw busybox mknod /x c 1 3'
  same '-u app busybox grep ^Cap /proc/self/status'
}

@test "--read-only" {
  same '--read-only busybox touch /icanhas'
  same "--read-only --tmpfs /run --tmpfs /tmp busybox sh -c 'touch /run/a /tmp/b && ls /run /tmp'"
}

@test "--tmpfs" {
  same "--tmpfs /run:rw,noexec,nosuid,size=65536k busybox sh -c '
    grep \" /run \" /proc/mounts; stat -c %a /run'"
}

@test "--ulimit" {
  same "--ulimit nofile=1024:1024 --ulimit core=0 busybox sh -c 'ulimit -n; ulimit -Hn; ulimit -c'"
}

@test "--init" {
  same "--init busybox sh -c 'echo \$\$ | grep -cx 1; exit 7'"
  same "--init busybox sh -c 'kill -TERM \$\$'"
}

@test "-t" {
  same "-t busybox sh -c 'tty; test -t 0 && test -t 1 && test -t 2 && echo all; echo \$TERM'"
}

@test "--hostname, --add-host, --dns and --sysctl" {
  same "-h web --domainname example.org busybox sh -c 'hostname; cat /proc/sys/kernel/domainname'"
  # Without a network of its own, docker has no line for the name.
  same "-h web --add-host db:10.0.0.5 busybox sh -c 'grep -v web /etc/hosts; cat /etc/hostname'"
  same "--dns 192.0.2.1 --dns-search example.org --dns-option ndots:2 busybox cat /etc/resolv.conf"
  same "--sysctl net.ipv4.ip_forward=1 busybox cat /proc/sys/net/ipv4/ip_forward"
}

@test "--security-opt, --shm-size, --device and --oom-score-adj" {
  same "--security-opt seccomp=unconfined busybox grep ^Seccomp: /proc/self/status"
  same "--security-opt no-new-privileges busybox grep -E '^(Seccomp:|NoNewPrivs)' /proc/self/status"
  same "busybox grep -E '^(Seccomp:|NoNewPrivs)' /proc/self/status"
  same "--shm-size 1m busybox sh -c 'df -k /dev/shm | tail -n 1'"
  same "--device /dev/null:/dev/xyz:rw busybox sh -c 'echo x > /dev/xyz; stat -c %t:%T:%a /dev/xyz'"
  same "--oom-score-adj 500 busybox cat /proc/self/oom_score_adj"
}

@test "statuses: 125, 126, 127, 128+N and the program's own" {
  same "busybox sh -c 'exit 3'"
  same "busybox sh -c 'kill -9 \$\$'"
  same 'busybox no-such-program'
  same 'busybox /etc'
  same '--no-such-option busybox true'
  same '--memory=none busybox true'
}

@test "-d prints the id, and the container is there" {
  id=$(container-run -d --name=web --label=tier=front busybox sleep 1000)
  [[ $id =~ ^[0-9a-f]{64}$ ]]
  [ "$(container-list --quiet --label=tier=front)" = "$id" ]
  container-list | grep -q ' sleep 1000$'
  [ "$(container-exec --id=web -- cat /proc/1/comm)" = sleep ]
  unwind web
  container-run --print -d --name=web busybox sleep 1000 >pipeline
  id=$(dash pipeline)
  [ "$(container-list --quiet)" = "$id" ]
  [ "$(container-inspect --id=web --get=name)" = web ]
  unwind web
}

@test "--cidfile is written before the program runs, and never over a file" {
  container-run --cidfile=cid --name=web busybox true
  [[ $(cat cid) =~ ^[0-9a-f]{64}$ ]]
  job 'container-run --cidfile=cid busybox echo ran'
  expect 125 "cid" "File exists"
  [ -z "$output" ]
}

@test "further limits have docker run's names" {
  grep -q ' - cgroup .*devices' /proc/self/mountinfo || skip "needs the devices controller of cgroup v1"
  [ -c /dev/loop-control ] || skip "no /dev/loop-control"
  for flag in --device-cgroup-rule='c 10:237 r' --pids-limit=50; do
    container-run "$flag" --user=root --cap-add=MKNOD busybox sh -c \
      'mknod /k c 10 237; head -c 0 /k && echo read; true'
  done >said 2>&1
  [ "$(cat said)" = 'read
head: /k: Operation not permitted' ]
  run container-run --cpu-burst=1000 --cpus=0.5 --memory-swappiness=10 busybox true
  [ "$status" = 0 ] || [[ "$output" == *"set "* ]]
}

@test "what cannot be done names the stage and leaves nothing" {
  job 'container-run no-such-image true'
  expect 125 "container-run: image-get: " "no-such-image"
  job 'container-run --cpus=1000000 busybox true'
  expect 125 "container-run: cgset: "
  job 'container-run -d -i busybox true'
  expect 125 "--interactive"
  job 'container-run'
  expect 125 "IMAGE is missing"
}
