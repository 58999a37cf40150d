# The statements of uts_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

@test "host name and NIS domain name are of one UTS namespace" {
  host=$(hostname) domain=$(cat /proc/sys/kernel/domainname)
  is 'inside there' ns-unshare --uts sh -c '
    hostname inside
    echo there >/proc/sys/kernel/domainname
    echo "$(uname -n) $(cat /proc/sys/kernel/domainname)"'
  is "$host" hostname
  is "$domain" cat /proc/sys/kernel/domainname
}

@test "a new UTS namespace begins with a copy of its maker's names" {
  is copy ns-unshare --uts sh -c 'hostname copy; ns-unshare --uts hostname'
}

@test "all processes of a UTS namespace see a change" {
  start ns-unshare --uts sh -c "$waits"
  ns-enter --target="$pid" --uts hostname changed
  is changed ns-enter --target="$pid" --uts hostname
}

@test "ns-unshare sets both names of a new one" {
  is 'web lan' ns-unshare --uts --hostname=web --domainname=lan sh -c \
    'echo "$(hostname) $(cat /proc/sys/kernel/domainname)"'
}

@test "the names are set by who has CAP_SYS_ADMIN in the owner" {
  is mine ns-unshare --user --map-root-user --uts sh -c 'hostname mine; hostname'
  start ns-unshare --uts sh -c "$waits"
  is EPERM py '
uts = os.open("/proc/%s/ns/uts" % sys.argv[1], os.O_RDONLY)
setns(uts)
new_user_namespace(0, 0)
print(error_of(socket.sethostname, "taken"))' "$pid"
}
