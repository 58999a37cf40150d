# The statements of network_namespaces(7), each shown on this kernel.
# shellcheck disable=SC2016,SC2154 # texts for other shells; bats's variables

load manpages

# two: the processes $one and $two, each in a net namespace of its own, joined
# by the veth pair left, right.
two() {
  command -v ip >/dev/null || skip "ip (iproute2) is missing"
  start ns-unshare --net sh -c "$waits"
  one=$pid
  start ns-unshare --net sh -c "$waits"
  two=$pid
  in_one ip link add left type veth peer name right netns "$two" ||
    skip "this kernel has no veth"
}

in_one() { ns-enter --target="$one" --net "$@"; }
in_two() { ns-enter --target="$two" --net "$@"; }

@test "a new net namespace has a loopback of its own, which is down, and nothing else" {
  is 'lo 0x8' ns-unshare --net --mount sh -c '
    mount -t sysfs sysfs /sys
    cd /sys/class/net && echo $(ls -d lo *[!s] | sort -u) $(cat lo/flags)' ||
    is 'lo' ns-unshare --net sh -c \
      "sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev"
  fails 'unreachable' ns-unshare --net ping -c 1 -W 1 127.0.0.1 ||
    fails 'ENETUNREACH' ns-unshare --net python3 -c '
from kernel import *
sys.exit(error_of(socket.create_connection, ("127.0.0.1", 1)))'
}

@test "addresses and routes are of one net namespace" {
  two
  in_one ip addr add 10.9.9.1/24 dev left
  in_one ip link set left up
  [[ "$(in_one ip route)" == *10.9.9.0/24* ]]
  is '' in_two ip route
  is '' in_two sh -c 'ip -4 addr show dev right | grep inet || true'
}

@test "ports are of one net namespace: two can listen on the same" {
  start ns-unshare --net --loopback python3 -c '
from kernel import *
s = socket.socket()
s.bind(("127.0.0.1", 7777))
s.listen()
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  is none ns-unshare --net --loopback python3 -c '
from kernel import *
print(error_of(socket.socket().bind, ("127.0.0.1", 7777)))'
  is EADDRINUSE ns-enter --target="$pid" --net python3 -c '
from kernel import *
print(error_of(socket.socket().bind, ("127.0.0.1", 7777)))'
}

@test "abstract UNIX sockets are of one net namespace, those with a path are not" {
  start ns-unshare --net python3 -c '
from kernel import *
for name in ("\0cleat-test", "path"):
    s = socket.socket(socket.AF_UNIX)
    s.bind(name)
    s.listen()
    globals()["keep" + name[1:]] = s
open(os.environ["ready"], "w").write("\n")
time.sleep(1000)'
  is 'ECONNREFUSED none' py '
def connect(name):
    socket.socket(socket.AF_UNIX).connect(name)
print(error_of(connect, "\0cleat-test"), error_of(connect, "path"))'
  is none ns-enter --target="$pid" --net python3 -c '
from kernel import *
print(error_of(socket.socket(socket.AF_UNIX).connect, "\0cleat-test"))'
}

@test "/proc/net and the settings of /proc/sys/net are of one net namespace" {
  own=$(cat /proc/sys/net/ipv4/ip_default_ttl)
  is 17 ns-unshare --net sh -c '
    echo 17 >/proc/sys/net/ipv4/ip_default_ttl
    cat /proc/sys/net/ipv4/ip_default_ttl'
  is "$own" cat /proc/sys/net/ipv4/ip_default_ttl
  start ns-unshare --net sh -c "$waits"
  is 1 sh -c "grep -c : /proc/$pid/net/dev"
}

@test "a device is in exactly one net namespace" {
  two
  in_one ip link show left
  fails 'does not exist' in_two ip link show left
  in_one ip link set left netns "$two"
  in_two ip link show left
  fails 'does not exist' in_one ip link show left
}

@test "a veth pair is a pipe between two net namespaces" {
  two
  in_one ip addr add 10.9.9.1/24 dev left
  in_two ip addr add 10.9.9.2/24 dev right
  in_one ip link set left up
  in_two ip link set right up
  start ns-enter --target="$one" --net python3 -c '
from kernel import *
s = socket.socket()
s.bind(("10.9.9.1", 7777))
s.listen()
open(os.environ["ready"], "w").write("\n")
s.accept()[0].send(b"through")'
  is through in_two python3 -c '
from kernel import *
print(socket.create_connection(("10.9.9.1", 7777)).recv(10).decode())'
  [ "$(cell PEERS "$(inode "$one" net)")" = "left>right@$(inode "$two" net)" ]
}

@test "with a net namespace its virtual devices go, and the other ends of its veth pairs" {
  two
  kill -KILL "$one"
  wait "$one" || true
  # It is freed in the background.
  until ! in_two ip link show right >/dev/null 2>&1; do sleep 0.05; done
}

@test "a veth pair that an own process holds stays with its namespace" {
  two
  exec 9<"/proc/$one/ns/net"
  kill -KILL "$one"
  wait "$one" || true
  ns-enter --net=/proc/self/fd/9 ip link show left
  in_two ip link show right
  exec 9<&-
}

@test "a device that is of its namespace for ever cannot be moved: the loopback" {
  two
  fails 'Invalid argument' in_one ip link set lo netns "$two" ||
    fails 'not supported' in_one ip link set lo netns "$two" ||
    fails 'immutable' in_one ip link set lo netns "$two"
}

@test "rights over a net namespace are those in the user namespace that owns it" {
  is 'up' ns-unshare --user --map-root-user --net sh -ec '
    ip link set lo up; echo up'
  fails 'not permitted' ns-unshare --user --map-root-user ip link set lo down
}

@test "the IPv6 stack, its addresses and its settings are of one net namespace" {
  [ -e /proc/net/if_inet6 ] || skip "this kernel has no IPv6"
  own=$(cat /proc/sys/net/ipv6/conf/default/hop_limit)
  is '17 1' ns-unshare --net --loopback sh -c '
    echo 17 >/proc/sys/net/ipv6/conf/default/hop_limit
    echo $(cat /proc/sys/net/ipv6/conf/default/hop_limit) $(wc -l </proc/net/if_inet6)'
  is "$own" cat /proc/sys/net/ipv6/conf/default/hop_limit
}

@test "/sys/class/net is of the net namespace in which sysfs is mounted" {
  two
  is 'left lo' in_one ns-unshare --mount sh -c '
    mount -t sysfs sysfs /sys && echo $(ls /sys/class/net | grep -x "left\|lo\|right")'
}

@test "firewall rules are of one net namespace" {
  command -v nft >/dev/null || skip "nft (nftables) is missing"
  ns-unshare --net nft list ruleset >/dev/null 2>&1 ||
    skip "this kernel has no nftables"
  is 'table ip inside' ns-unshare --net sh -ec '
    nft add table ip inside; nft list tables; ns-unshare --net nft list tables'
}

@test "a physical device goes home to the first net namespace" {
  [ "$(inode self net)" = "$(inode 1 net)" ] || skip "not in the first net namespace"
  # One that nobody uses: it is down, and has no address.
  device=
  for path in /sys/class/net/*/device; do
    [ -e "$path" ] || continue
    name=$(basename "$(dirname "$path")")
    [ "$(cat "/sys/class/net/$name/operstate")" = down ] || continue
    [ -z "$(ip -o addr show dev "$name")" ] || continue
    device=$name
  done
  [ -n "$device" ] || skip "no physical device that is not in use"
  # Of which the maker's parent is another one.
  start ns-unshare --net ns-unshare --net sh -c "$waits"
  ip link set "$device" netns "$pid"
  fails 'does not exist' ip link show "$device"
  kill -KILL "$pid"
  wait "$pid" || true
  until ip link show "$device" >/dev/null 2>&1; do sleep 0.05; done
}
