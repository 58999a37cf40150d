# A dockerd of the test file's own, to compare with: everything of it below one
# directory, no network, in a mount namespace that ends with it.
# shellcheck shell=bash

# Once for a file, in setup_file. What cannot start is no failure of ours:
# `needs_docker` skips then.
start_docker() {
  local root
  PATH=$PATH:/usr/sbin:/sbin
  command -v dockerd >/dev/null || return 0
  # The path of a socket is short (unix(7): 108 bytes); that of a terminal lies
  # below containerd-shim's TMPDIR or XDG_RUNTIME_DIR, which a test has long.
  root=$(mktemp -d /var/tmp/docker.XXXXXX)
  export DOCKER_ROOT=$root DOCKER_HOST=unix://$root/docker.sock
  if [ "$(stat -f -c %T "$root")" = overlayfs ]; then
    set -- --storage-driver=vfs
  else
    set -- --storage-driver=overlay2
  fi
  env --unset=XDG_RUNTIME_DIR TMPDIR="$root" \
    unshare --mount --propagation=private dockerd --data-root "$root/data" \
    --exec-root "$root/exec" --host "$DOCKER_HOST" --pidfile "$root/pid" \
    --bridge=none --iptables=false --userland-proxy=false \
    --cgroup-parent="/cleat-test-$$" "$@" >"$root/log" 2>&1 3>&- &
  for _ in {1..240}; do
    ! docker version >/dev/null 2>&1 || return 0
    kill -0 $! 2>/dev/null || return 0
    sleep 0.5
  done
}

needs_docker() {
  if [ -z "${DOCKER_ROOT:-}" ] || ! docker version >/dev/null 2>&1; then
    skip "no dockerd runs here"
  fi
}

# In teardown_file.
stop_docker() {
  local pid
  [ -n "${DOCKER_ROOT:-}" ] || return 0
  if [ -s "$DOCKER_ROOT/pid" ]; then
    pid=$(cat "$DOCKER_ROOT/pid")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  fi
  rm -rf "$DOCKER_ROOT"
  find /sys/fs/cgroup -depth -type d -path "*/cleat-test-$$*" \
    -exec rmdir {} + 2>/dev/null || true
}
