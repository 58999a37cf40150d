# What the tests of rootfs-run share: a root of busybox's, in root/ and as the
# template root.json, and a state directory and store of the test's own.
# shellcheck shell=bash disable=SC2034

prepare_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
  [ -x /bin/busybox ] || skip "/bin/busybox is missing (busybox-static)"
  PATH=$PWD/tools/rootfs:$PWD/tools/container:$PATH
  WORK=$(realpath "$BATS_TEST_TMPDIR")
  if [ "$(stat -f -c %T "$WORK")" = overlayfs ]; then
    WORK=$(mktemp -d /dev/shm/rootfs.XXXXXX)
  fi
  cd "$WORK" || return
  export CLEAT_RUN=$WORK/run CLEAT_STORE=$WORK/store
  mkdir -p root/bin root/etc outside
  cp /bin/busybox root/bin
  local applet
  for applet in awk cat cut df echo head grep ls mkdir mknod mount sh sleep stat touch true; do
    ln -s busybox "root/bin/$applet"
  done
  overlay-mount --lower=root | cat >root.json
}

remove_root() {
  [ -n "${WORK:-}" ] || return 0
  local state
  for state in "$CLEAT_RUN"/????????????????????????????????????????????????????????????????; do
    [ -d "$state" ] && unwind --grace=0 --id="${state##*/}"
  done
  cd / || return
  case $WORK in /dev/shm/*) rm -rf "$WORK" ;; esac
}

# run_root ARG...: rootfs-run on the template.
run_root() {
  rootfs-run --input=root.json "$@"
}

# refused TEXT ARG...: the run fails before its program, in one line with TEXT.
refused() {
  local text=$1
  shift
  run run_root "$@" -- echo ran
  if [ "$status" != 125 ] || [[ $output != *"$text"* ]] ||
    [ "${#lines[@]}" != 1 ]; then
    echo "status $status, expected 125 and one line with '$text': $output"
    return 1
  fi
}

# mounts_of TARGET...: mount options, propagation and type of these mounts in
# mountinfo, as the container sees them; of standard input.
mounts_of() {
  awk -v targets="$*" '
    BEGIN { split(targets, names, " "); for (i in names) wanted[names[i]] }
    $5 in wanted {
      propagation = ""
      for (i = 7; $i != "-"; i++) propagation = propagation " " $i
      gsub(/:[0-9]+/, "", propagation)
      print $5, $6 propagation, $(i + 1)
    }' | sort
}

# own_mounts COMMAND...: a shell command in a mount namespace of its own, in
# which nothing is shared with the machine; what the test sets stays.
own_mounts() {
  unshare --mount --propagation private bash -euc "$1"
}
