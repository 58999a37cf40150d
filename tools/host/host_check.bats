# host-check: what works here, and what would help where something does not.
# shellcheck shell=bash disable=SC2030,SC2031

bats_require_minimum_version 1.5.0

setup_file() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}

# Where an ordinary user comes, and overlayfs takes an upper directory.
setup() {
  local base=/var/tmp
  [ "$(stat -f -c %T $base)" != overlayfs ] || base=/dev/shm
  WORK=$(mktemp -d $base/host-check.XXXXXX)
  cp "$PWD/tools/host/host-check" "$WORK"
  HOST_CHECK=$WORK/host-check
  export CLEAT_STORE=$WORK/store CLEAT_RUN=$WORK/run
}

teardown() {
  [ -z "${WORK:-}" ] || rm -rf "$WORK"
}

# works FEATURE: by the last table in $output.
works() {
  grep -qE "^$1 +yes" <<<"$output"
}

# as_user COMMAND: an ordinary user without subordinate ids, in namespaces of
# the test where changes of the machine do no harm.
as_user() {
  chmod 0777 "$WORK"
  run --separate-stderr unshare --mount --propagation=private bash -c "
    ${PREPARE:-:}
    cd / && exec setpriv --reuid=54321 --regid=54321 --clear-groups \
      --inh-caps=-all env HOME=$WORK CLEAT_RUN=$WORK/mine $1"
  echo "status $status; output: $output; errors: $stderr"
}

@test "root can run containers where the tests run" {
  run --separate-stderr "$HOST_CHECK"
  works kernel
  works namespaces
  works overlay
  works proc
  [ "$status" = 0 ]
  [ -z "$stderr" ]
}

@test "each feature is one JSON object" {
  run --separate-stderr "$HOST_CHECK" --json
  [ "${lines[0]%%,*}" = '{"feature":"kernel"' ]
  [ "$(wc -l <<<"$output")" = "$(grep -c '"purpose":' <<<"$output")" ]
  grep -q '"feature":"overlay","works":true,"needed":true' <<<"$output"
}

@test "named features alone are tried, and needed" {
  run --separate-stderr "$HOST_CHECK" pidfd openat2
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 3 ]
  [[ ${lines[1]} =~ ^pidfd\ +yes\ +yes ]]
  run --separate-stderr "$HOST_CHECK" pidfd wings
  [ "$status" = 1 ]
  [ "$stderr" = "host-check: feature 'wings': no such one (host-check alone lists them)" ]
}

@test "nothing is left of what was tried" {
  mkdir "$WORK/store"
  cp /proc/self/mountinfo "$WORK/before"
  "$HOST_CHECK" >/dev/null
  diff "$WORK/before" /proc/self/mountinfo
  [ -z "$(ls -A "$WORK/store")" ]
}

@test "an ordinary user without subordinate ids is told which line would help" {
  PREPARE='mount --bind /dev/null /etc/subuid' as_user "$HOST_CHECK"
  [ "$status" = 0 ]
  works overlay
  works proc
  works user-namespace
  grep -E '^subids +no' <<<"$output" | grep -F '54321:100000:65536'
}

@test "an ordinary user with a range has its ids" {
  PREPARE="echo 54321:600000:65536 >$WORK/subid
    mount --bind $WORK/subid /etc/subuid
    mount --bind $WORK/subid /etc/subgid
    echo me:x:54321:54321::/:/bin/sh >$WORK/passwd
    mount --bind $WORK/passwd /etc/passwd" as_user "$HOST_CHECK"
  [ "$status" = 0 ]
  grep -E '^subids +yes' <<<"$output" | grep -F '65537 users, 65537 groups'
}

@test "controllers that may not be used get the cure" {
  as_user "$HOST_CHECK memory"
  [ "$status" = 1 ]
  grep -qE '^memory +no +yes .*(run this as root|delegated group)' <<<"$output"
}

@test "a covered /proc keeps containers from running, and its cure is named" {
  # One that is nowhere covered would do for all.
  PREPARE='sed -n "s/^\([^ ]* \)\{4\}\([^ ]*\) .* - proc .*/\2/p" \
      /proc/self/mountinfo | grep -v ^/proc$ | xargs -r umount -l
    mount -t tmpfs none /proc/bus' as_user "$HOST_CHECK"
  [ "$status" = 1 ]
  grep -qE '^proc +no +yes .*systempaths=unconfined' <<<"$output"
  [ "$stderr" = "host-check: containers cannot run here: proc" ]
}

@test "a state directory of another user is refused" {
  mkdir "$WORK/taken"
  as_user "env CLEAT_RUN=$WORK/taken $HOST_CHECK state"
  [ "$status" = 1 ]
  grep -q "state directory $WORK/taken: must be a directory of this user" \
    <<<"$output"
}

@test "without user namespaces an ordinary user learns the sysctl" {
  run --separate-stderr unshare --user --map-root-user bash -c "
    echo 0 >/proc/sys/user/max_user_namespaces || exit 77
    exec '$HOST_CHECK' namespace-limits"
  [ "$status" != 77 ] || skip "user.max_user_namespaces cannot be written"
  [ "$status" = 1 ]
  grep -qE '^namespace-limits +no .*sysctl user.max_user_namespaces=15000' \
    <<<"$output"
}
