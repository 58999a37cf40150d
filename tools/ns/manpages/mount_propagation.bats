# The tables of mount_namespaces(7), each cell shown on this kernel: what becomes
# of a mount's propagation when it is changed, bound, moved, mounted upon.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

# apart SCRIPT: in a mount namespace of its own, in ./top, a private tmpfs.
apart() {
  mkdir -p top
  ns-unshare --mount bash -euc "$(declare -f tags made source_of)
    mount -t tmpfs tmpfs top; cd top
    $1"
}

# tags DIRECTORY: how the uppermost mount there propagates, as the tables call it.
tags() {
  local at found
  at=$(realpath "$1")
  found=$(awk -v at="$at" '$5 == at {
      tags = ""
      for (i = 7; $i != "-"; ++i) tags = tags " " $i
    } END { print tags }' /proc/self/mountinfo | sed 's/:[0-9]*//g')
  case $found in
  *shared*master*) echo slave+shared ;;
  *shared*) echo shared ;;
  *master*) echo slave ;;
  *unbindable*) echo unbindable ;;
  *) echo private ;;
  esac
}

# made KIND DIRECTORY: a new mount there that propagates so. A slave has a
# master, the other mount of its group.
made() {
  mkdir -p "$2"
  mount -t tmpfs tmpfs "$2"
  case $1 in
  slave*)
    mkdir -p "masters/$2"
    mount --make-shared "$2"
    mount --bind "$2" "masters/$2"
    mount --make-slave "$2"
    [ "$1" = slave ] || mount --make-shared "$2"
    ;;
  *) mount "--make-$1" "$2" ;;
  esac
}

# source_of KIND PLACE: as `made`, with a directory in it to mount upon.
source_of() {
  made "$1" "$2"
  mkdir "$2/b"
}

@test "the transitions: shared, slave, slave+shared, private, unbindable" {
  is 'shared: shared slave private unbindable
slave: slave+shared slave private unbindable
slave+shared: slave+shared slave private unbindable
private: shared private private unbindable
unbindable: shared unbindable private unbindable' apart '
    for kind in shared slave slave+shared private unbindable; do
      line=$kind:
      for how in shared slave private unbindable; do
        made $kind $kind-$how
        # With a second member of its group: [1] of the page is for lone ones.
        if [ $kind = shared ]; then
          mkdir peer-$how
          mount --bind $kind-$how peer-$how
        fi
        mount --make-$how $kind-$how
        line="$line $(tags $kind-$how)"
      done
      echo "$line"
    done'
}

@test "a shared mount that is the only one of its group becomes private as a slave" {
  is 'private' apart 'made shared lone; mount --make-slave lone; tags lone'
}

@test "binding: what the propagation of source and destination make" {
  is 'shared: shared shared slave+shared invalid
private: shared private slave invalid' apart '
    for destination in shared private; do
      line=$destination:
      for source in shared private slave unbindable; do
        made $source a-$destination-$source
        source_of $destination b-$destination-$source
        if mount --bind a-$destination-$source b-$destination-$source/b 2>/dev/null
        then line="$line $(tags b-$destination-$source/b)"
        else line="$line invalid"; fi
      done
      echo "$line"
    done'
}

@test "moving: what the propagation of source and destination make" {
  is 'shared: shared shared slave+shared invalid
private: shared private slave unbindable' apart '
    for destination in shared private; do
      line=$destination:
      for source in shared private slave unbindable; do
        made $source a-$destination-$source
        source_of $destination b-$destination-$source
        if mount --move a-$destination-$source b-$destination-$source/b 2>/dev/null
        then line="$line $(tags b-$destination-$source/b)"
        else line="$line invalid"; fi
      done
      echo "$line"
    done'
}

@test "a mount that resides under a shared mount cannot be moved: EINVAL" {
  is EINVAL apart '
    source_of shared under
    mount -t tmpfs tmpfs under/b
    mkdir elsewhere
    python3 -c "
from kernel import *
MS_MOVE = 8192
print(error_of(mount, \"under/b\", \"elsewhere\", \"\", MS_MOVE))"'
}

@test "a new mount is shared below a shared one, and private below all others" {
  is 'shared private private private' apart '
    line=
    for kind in shared private slave unbindable; do
      source_of $kind $kind
      mount -t tmpfs tmpfs $kind/b
      line="$line $(tags $kind/b)"
    done
    echo $line'
}

@test "what is mounted below a master is a slave below its slave" {
  is slave apart '
    source_of slave one
    mount -t tmpfs tmpfs masters/one/b
    tags one/b'
}

@test "a bind mount of a shared mount is of its group, and its copy in a namespace, too" {
  is 'same same' apart '
    made shared one
    mkdir two
    mount --bind one two
    group() {
      awk -v at="$PWD/$1" "\$5 == at" /proc/self/mountinfo |
        grep -o "shared:[0-9]*"
    }
    [ "$(group one)" = "$(group two)" ] && printf "same "
    here=$(group one)
    there=$(ns-unshare --mount --propagation=unchanged bash -c "$(declare -f group); group one")
    [ "$here" = "$there" ] && echo same'
}

@test "an unmount goes to the peers, but for one with a mount below it" {
  is 'gone stays' apart '
    source_of shared one
    mkdir one/c two
    mount --bind one two
    mount -t tmpfs tmpfs one/b
    mountpoint -q two/b
    umount one/b
    mountpoint -q two/b || printf "gone "
    mount -t tmpfs tmpfs one/c
    mount --make-private two/c
    mkdir two/c/below
    mount -t tmpfs tmpfs two/c/below
    umount one/c
    mountpoint -q two/c && echo stays'
}

@test "propagation is of what is mounted immediately below a mount, not of grandchildren" {
  is 'child' apart '
    source_of shared one
    mkdir two
    mount --bind one two
    mount -t tmpfs tmpfs one/b
    mount --make-private one/b
    mkdir one/b/below
    mount -t tmpfs tmpfs one/b/below
    mountpoint -q two/b && printf child
    ! mountpoint -q two/b/below 2>/dev/null || printf grandchild'
}

@test "a recursive bind mount leaves out what is unbindable" {
  is 'bound pruned' apart '
    mkdir from to
    mount --bind from from
    made private from/one
    made unbindable from/two
    mount --rbind from to
    mountpoint -q to/one && printf "bound "
    mountpoint -q to/two || echo pruned'
}

@test "mountinfo tells propagate_from of a slave whose master is out of sight" {
  is 'shared master,propagate_from' apart '
    mkdir inner outer
    mount --bind inner inner
    mount --make-shared inner
    mkdir -p inner/etc inner/slave inner/proc
    # inner/etc is the master of outer, which is that of inner/slave.
    mount --bind inner/etc outer
    mount --make-slave outer
    mount --make-shared outer
    mount --bind outer inner/slave
    mount --make-slave inner/slave
    mount --rbind /proc inner/proc
    python3 -c "
import os
os.chroot(\"inner\")
os.chdir(\"/\")
for line in open(\"/proc/self/mountinfo\"):
    fields = line.split()
    if fields[4] in (\"/\", \"/slave\"):
        tags = fields[6:fields.index(\"-\")]
        print(\",\".join(tag.split(\":\")[0] for tag in tags), end=\" \")" |
      sed "s/ *$//"'
}

@test "a whole tree that came as one can be unmounted where a part of it cannot" {
  is 'EINVAL none' apart '
    mount --make-shared .
    mkdir x ppp
    mount -t tmpfs tmpfs x; mount --make-private x
    mkdir x/y
    mount -t tmpfs tmpfs x/y
    mkfifo go
    ns-unshare --user --map-root-user --mount --propagation=unchanged python3 -c "
from kernel import *
open(\"go\", \"w\").write(\"\\n\")
open(\"go\").read()
def detach(target):
    MNT_DETACH = 2
    syscall(166, target.encode(), MNT_DETACH)
print(error_of(umount, \"ppp/y\"), error_of(detach, \"ppp\"))" &
    read -r _ <go
    mount --rbind x ppp
    echo >go
    wait'
}
