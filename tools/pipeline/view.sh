# shellcheck shell=sh disable=SC2046,SC2012
# Prints what a process sees of the container that it is in, a line for each
# thing, so that two runs can be compared. For busybox's sh.

show() {
  sed "s|^|$1 |" "$2"
}

# grep looks at itself: /proc/1 would show what the shell has caught.
fields='Umask|Uid|Gid|Groups|Sig(Blk|Ign|Cgt)|Cap(Inh|Prm|Eff|Bnd|Amb)'
grep -E "^($fields|NoNewPrivs|Seccomp|Seccomp_filters):" /proc/self/status
show limit /proc/self/limits
show uid_map /proc/self/uid_map
show gid_map /proc/self/gid_map
show oom_score_adj /proc/self/oom_score_adj
for file in net/ipv4/ip_unprivileged_port_start net/ipv4/ping_group_range \
  kernel/hostname kernel/domainname kernel/shmmax; do
  show "$file" "/proc/sys/$file"
done
# The session keyring of its own is there where /proc/keys is not masked.
echo "keys $(grep -c ' keyring ' /proc/keys)"
echo "cwd $(pwd)"
env | sort | sed 's/^/env /'
# The fourth is that of ls on the directory itself.
echo descriptors $(ls /proc/self/fd)
cut -d : -f 2- /proc/self/cgroup | sort | sed 's/^/cgroup /'
# Mount point, options of the mount, type.
sed -E 's/^([^ ]+ ){4}([^ ]+) ([^ ]+) .*- ([^ ]+) .*/mount \2 \3 \4/' \
  /proc/self/mountinfo | grep -v '^mount / ' | sort
ls -ln /dev | sed -E 's/^([^ ]+ +)[0-9]+ +/\1/;
  s/[A-Z][a-z][a-z] +[0-9]+ +[0-9:]+ //; s/^/dev /; /^dev total/d'
