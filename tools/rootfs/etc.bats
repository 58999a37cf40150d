# The files below /etc that a container has of its own, and the network that it
# is in: --hostname, --add-host, --dns…, --network.

load run.bash

setup() { prepare_root; }

teardown() { remove_root; }

# with_network COMMAND…: with a network namespace of the test's own at $WORK/net.
with_network() {
  touch net
  unshare --net=net true
  "$@" || { umount net; return 1; }
  umount net
}

@test "a container knows localhost, itself and the hosts that are added" {
  run_root --hostname=web.example.org --add-host=db:10.1.2.3 --add-host=six:2001:db8::1 -- cat /etc/hosts >hosts
  grep -qx "127.0.0.1	localhost" hosts
  grep -qx "::1	localhost ip6-localhost ip6-loopback" hosts
  grep -qx "127.0.0.1	web.example.org web" hosts
  [ "$(tail -n 2 hosts)" = "10.1.2.3	db
2001:db8::1	six" ]
  [ "$(run_root --hostname=web -- cat /etc/hostname)" = web ]
}

@test "name servers, search list and options are those asked for, in order" {
  [ "$(run_root --dns=198.51.100.1 --dns=198.51.100.2 --dns-search=a.example \
    --dns-search=b.example --dns-option=ndots:3 -- cat /etc/resolv.conf)" = \
    "search a.example b.example
nameserver 198.51.100.1
nameserver 198.51.100.2
options ndots:3" ]
  if run_root -- grep -E 'nameserver (127\.|::1)' /etc/resolv.conf; then false; fi
}

@test "what is wrong is said, with the flag" {
  refused "--add-host 'db': give NAME:ADDRESS" --add-host=db
  refused "--add-host 'db:host-gateway'" --add-host=db:host-gateway
  refused "--dns 'ns.example': give an IP address" --dns=ns.example
  refused "--dns-search 'a b': give one word" --dns-search='a b'
  refused "--network 'bridge': give none, host or ns:PATH" --network=bridge
  refused "--network 'ns:net': give none, host or ns:PATH" --network=ns:net
}

@test "the host's network has the host's devices and files" {
  run_root --network=host -- cat /etc/hosts | diff - /etc/hosts
  run_root --network=host -- cat /etc/resolv.conf | diff - /etc/resolv.conf
  [ "$(run_root --network=host -- cat /etc/hostname)" = "$(hostname)" ]
  [ "$(run_root --network=host --hostname=web -- cat /etc/hostname)" = web ]
  run_root --network=host --add-host=db:10.1.2.3 -- grep -q "^10.1.2.3	db$" /etc/hosts
  [ "$(run_root --network=host -- cat /proc/net/dev | wc -l)" = "$(wc -l </proc/net/dev)" ]
  [ "$(run_root --network=none -- sh -c 'grep -c : /proc/net/dev')" = 1 ]
  # Nothing is set there that would be the host's.
  before=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)
  run_root --network=host -- true
  [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" = "$before" ]
}

joined() {
  [ "$(run_root --network="ns:$WORK/net" -- stat -L -c %i /proc/self/ns/net)" = "$(stat -L -c %i net)" ]
}

@test "a network namespace is joined by its path" {
  run run_root --network="ns:$WORK/absent" -- true
  [[ $output != *"not supported yet"* ]] || skip "$output"
  with_network joined
  refused "$WORK/absent" --network="ns:$WORK/absent"
}

@test "a user's mount takes the place of a file" {
  echo mine >hosts
  [ "$(run_root -v ./hosts:/etc/hosts -- sh -c 'cat /etc/hosts; grep -c " /etc/hosts " /proc/self/mountinfo')" = "mine
1" ]
  mkdir etc
  echo own >etc/resolv.conf
  [ "$(run_root -v ./etc:/etc -- cat /etc/resolv.conf)" = own ]
  [ "$(ls etc)" = resolv.conf ]
}

@test "the image's files stay as they are, and what is written goes with the container" {
  echo image >root/etc/hosts
  run_root --emit -- sh -c 'echo 10.0.0.1 more >>/etc/hosts' >done.json 2>&1
  [ "$(cat root/etc/hosts)" = image ]
  upper=$(sed 's/.*"upper":"\([^"]*\)".*/\1/' done.json)
  [ ! -e "$upper/etc/hosts" ]
  id=$(sed 's/.*"id":"\([0-9a-f]*\)".*/\1/' done.json)
  grep -q "10.0.0.1 more" "run/$id/etc/hosts"
  unwind --id="$id"
  [ ! -e "run/$id" ]
}

@test "a running container's files are those of its own" {
  run_root --detach --name=web --hostname=web -- sleep 1000 >web.json
  container-exec --id=web -- sh -c 'echo 10.0.0.1 more >>/etc/hosts'
  container-exec --id=web -- grep -q "10.0.0.1 more" /etc/hosts
  [ "$(container-exec --id=web -- cat /etc/hostname)" = web ]
  unwind --grace=0 --id=web
  [ -z "$(ls run | grep -v names)" ]
}

@test "links of the image lead the files to their place in the root, never outside" {
  ln -s ../run/systemd/resolve/stub-resolv.conf root/etc/resolv.conf
  ln -s ../../../../../../../../../../../../../..$WORK/outside/hosts root/etc/hosts
  ln -s "$WORK/outside/name" root/etc/hostname
  [ "$(run_root --dns=198.51.100.1 --hostname=web -- cat /etc/resolv.conf /etc/hostname)" = \
    "nameserver 198.51.100.1
web" ]
  run_root -- grep -q localhost /etc/hosts
  [ -z "$(ls outside)" ]
  rm -r root/etc
  ln -s "$WORK/outside" root/etc
  run_root -- grep -q localhost /etc/hosts
  [ -z "$(ls outside)" ]
}

@test "a read-only root has files that are read-only, too" {
  for file in hosts hostname resolv.conf; do
    run run_root --read-only -- sh -c "echo x >/etc/$file"
    [[ $output == *Read-only* ]]
  done
}
