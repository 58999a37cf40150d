# Where mounts come to lie, whatever the image and the user say: each test tries
# to get one out of the container's root, or over what keeps the container in.

load run.bash

setup() {
  prepare_root
  mkdir src
  echo content >src/file
}

teardown() { remove_root; }

# Nothing was made or mounted outside of the root.
untouched() {
  [ -z "$(ls -A outside)" ]
  [ "$(grep -c "$WORK" /proc/self/mountinfo)" = 0 ]
}

@test "a target with .. ends at the root" {
  [ "$(run_root -v "./src:/../../../../../../../..$WORK/outside" -- cat "$WORK/outside/file")" = content ]
  [ "$(run_root --tmpfs=/a/../../../x -- ls -d /x)" = /x ]
  untouched
}

@test "a link in the image leads a mount within the root (CVE-2019-19921)" {
  ln -s "$WORK/outside" root/absolute
  ln -s ../../../../../../../../../../../../../..$WORK/outside root/relative
  ln -s outside-file root/dangling
  for target in absolute relative; do
    [ "$(run_root -v "./src:/$target" -- cat "/$target/file" "$WORK/outside/file" | wc -l)" = 2 ]
    run_root -v "./src/file:/$target/sub/file" -- cat "/$target/sub/file"
  done
  [ "$(run_root -v ./src/file:/dangling -- cat /outside-file)" = content ]
  untouched
}

@test "a link to itself and a chain without end are refused" {
  ln -s loop root/loop
  refused "open mount point /loop: Too many levels of symbolic links" --tmpfs=/loop
  refused "Too many levels of symbolic links" -v ./src/file:/loop/x
  for n in $(seq 50); do ln -s "link$((n + 1))" "root/link$n"; done
  refused "Too many levels" --tmpfs=/link1
  untouched
}

@test "a link to a descriptor of the host is no way out" {
  ln -s /proc/self/fd/7 root/fd
  ln -s /proc/1/root root/parent
  exec 7<outside
  refused "open mount point /fd" --tmpfs=/fd
  refused "open mount point /parent/x" --tmpfs=/parent/x
  exec 7<&-
  untouched
}

@test "nothing is mounted through a link over procfs (CVE-2019-16884, CVE-2023-27561)" {
  ln -s /proc root/link
  ln -s /proc/self/attr root/attr
  refused "/link: it lies in procfs" --tmpfs=/link
  refused "/link/sys: it lies in procfs" -v ./src:/link/sys
  refused "/attr/exec: it lies in procfs" -v ./src/file:/attr/exec
  refused "/link/uptime: it lies in procfs" -v ./src/file:/link/uptime
}

@test "an image whose /proc or /sys is a link is refused" {
  mkdir -p root/real
  for name in proc sys; do
    ln -s real "root/$name"
    refused "open mount point /$name: Too many levels of symbolic links"
    rm "root/$name"
  done
}

@test "an image whose /dev or /etc is a link has them within its root" {
  rm -r root/etc
  ln -s "$WORK/outside" root/etc
  ln -s ../../../../../../../..$WORK/outside root/dev
  run_root -- sh -c 'echo lost >/dev/null; grep -q localhost /etc/hosts'
  untouched
  rm root/dev
  ln -s /proc/sys root/dev
  refused "/dev: it lies in procfs"
}

@test "a null device of the image's hides nothing (CVE-2025-31133)" {
  mkdir dev
  ln -s /etc/secret dev/null
  refused "mask paths with" -v ./dev:/dev
  rm dev/null
  echo >dev/null.txt
  mknod dev/null c 1 5
  refused "not the null device" -v ./dev:/dev
}

@test "masked and read-only paths hold whatever is mounted above them" {
  for option in --tmpfs=/run --volume=/proc:/proc --tmpfs=/sys/fs; do
    [ "$(run_root "$option" -- sh -c 'cat /proc/keys /proc/timer_list; ls -A /sys/firmware')" = "" ]
    run run_root "$option" -- sh -c 'echo 1 >/proc/sys/kernel/panic'
    [[ $output == *Read-only* ]]
  done
}

@test "a root that changes while mounts are made lets none out (CVE-2021-30465)" {
  mkdir swap
  # Another container's program with the same directory would do this.
  (
    trap 'exit 0' TERM
    while true; do
      rm -rf swap/dir || true
      ln -sT "$WORK/outside" swap/dir || true
      rm -rf swap/dir || true
      mkdir swap/dir || true
    done 2>/dev/null
  ) &
  racer=$!
  for _ in $(seq 40); do
    run_root -v ./swap:/swap -v ./src:/swap/dir/made -- true 2>/dev/null || true
    [ -z "$(ls -A outside)" ] || break
  done
  kill "$racer"
  wait "$racer" || true
  untouched
}
