# What the tests as an ordinary user share: a place that he reaches, with the
# tools and the image as a layout, and a home and a runtime directory for each
# test.
# shellcheck shell=bash disable=SC2034

bats_require_minimum_version 1.5.0

# The user's id, of each file its own: files run at the same time.
: "${ME:=54321}"

# Once for a file; remove_place at its end.
prepare_place() {
  [ "$(id -u)" = 0 ] || skip "needs root, to become any user"
  setpriv --reuid=$ME --regid=$ME --clear-groups unshare --user --map-root-user \
    true || skip "ordinary users may not make user namespaces"
  # A place that an ordinary user reaches, and overlayfs takes.
  local base=/var/tmp
  [ "$(stat -f -c %T $base)" != overlayfs ] || base=/dev/shm
  export PLACE
  PLACE=$(mktemp -d $base/rootless.XXXXXX)
  chmod 0755 "$PLACE"
  mkdir "$PLACE/bin" "$PLACE/oci"
  cp "$PWD/tools/cleat" "$PLACE/bin"
  local tool
  for tool in $("$PLACE/bin/cleat" help --list); do
    ln -s cleat "$PLACE/bin/$tool"
  done
  cp "$PWD/testdata/images/oci-archive.tar" "$PLACE"
  tar -xf "$PLACE/oci-archive.tar" -C "$PLACE/oci"
  chmod -R a+rX "$PLACE"
}

remove_place() {
  [ -z "${PLACE:-}" ] || rm -rf "$PLACE"
}

# Before each test.
prepare_user() {
  WORK=$(mktemp -d "$PLACE/work.XXXXXX")
  mkdir "$WORK/home" "$WORK/run"
  chown $ME:$ME "$WORK/home" "$WORK/run"
  chmod 0755 "$WORK"
  chmod 0700 "$WORK/run"
  : >"$WORK/subid"
  echo "me:x:$ME:$ME::$WORK/home:/bin/sh" >"$WORK/passwd"
  ENVIRONMENT=(HOME="$WORK/home" XDG_RUNTIME_DIR="$WORK/run")
  PREPARE=:
}

# After it: nothing of a user's runs on, and no state is left.
finish_user() {
  [ -n "${WORK:-}" ] || return 0
  local left
  # Those that init has not reaped yet run no more.
  left=$(ps -U $ME -o stat=,args= | sed '/^Z/d'; find "$WORK/run" -mindepth 2 ! -path '*/names')
  pkill -KILL -U $ME || true
  rm -rf "$WORK"
  [ -z "$left" ] || { echo "left: $left"; return 1; }
}

# As many subordinate ids as the image's owners need.
give_ids() { echo "$ME:600000:4000000" >"$WORK/subid"; }

# me TEXT: a shell's job as the user, who has a /tmp of his own here. Leaves
# $status, $output and $stderr.
me() {
  run --separate-stderr unshare --mount --propagation=private bash -c '
    mount -t tmpfs none /tmp
    mount --bind "$1/subid" /etc/subuid
    mount --bind "$1/subid" /etc/subgid
    mount --bind "$1/passwd" /etc/passwd
    eval "$2"
    cd "$1/home"
    exec setpriv --reuid=$3 --regid=$3 --clear-groups --inh-caps=-all \
      env -i PATH="$5/bin:$PATH" OCI="oci:$5/oci" PLACE="$5" "${@:6}" \
      bash -c "set -o pipefail; $4"' \
    - "$WORK" "$PREPARE" $ME "$1" "$PLACE" "${ENVIRONMENT[@]}"
  echo "status $status; output: ${output:0:2000}; errors: $stderr"
}
