#!/bin/busybox sh
# shellcheck shell=dash
# The first program of the virtual machine with systemd: makes a small system
# with a bus and a user, and becomes systemd, one unit of which runs the tests
# and turns the machine off. What the tests print is all that the serial console
# shows between two marks, but for a sign of life now and then.
/bin/busybox --install -s /bin
export PATH=/cleat:/bin:/usr/bin

# unit MANAGER NAME: standard input becomes a unit of "system" or "user".
unit() {
  mkdir -p "/etc/systemd/$1"
  cat >"/etc/systemd/$1/$2"
}

mkdir -p /etc /root
printf '%s\n' root:x:0:0::/root:/bin/sh messagebus:x:100:100::/:/bin/false \
  user:x:1000:1000::/tmp:/bin/sh >/etc/passwd
printf '%s\n' root:x:0: messagebus:x:100: user:x:1000: >/etc/group
chmod 1777 /tmp

unit system default.target <<END
[Unit]
Requires=sockets.target
After=sockets.target
Wants=cleat-test.service
END

unit system cleat-test.service <<END
[Unit]
After=dbus.socket
Requires=dbus.socket
[Service]
Environment=PATH=$PATH TMPDIR=/tmp
ExecStart=/bin/sh -c 'exec sh /run_tests.sh >/dev/console 2>&1'
END

# systemd comes to the bus a little later than the bus itself.
cat >/run_tests.sh <<END
for attempt in \$(seq 100); do
  ! cgset --exec --systemd -- true 2>/dev/null || break
  sleep 0.1
done
while sleep 10; do echo "CLEAT-VM ALIVE"; done &
echo "CLEAT-VM BEGIN \$(uname -r)"
sh /tests.sh $(cat /wanted) 2>&1
echo "CLEAT-VM END \$?"
poweroff -f
END

# A user's manager, as user@.service without PAM.
unit system cleat-manager.service <<END
[Service]
Type=notify
User=user
Slice=user-1000.slice
Delegate=pids memory cpu
Environment=XDG_RUNTIME_DIR=/run/user/1000
ExecStartPre=+/bin/mkdir -p /run/user/1000
ExecStartPre=+/bin/chown user /run/user/1000
ExecStart=/lib/systemd/systemd --user
END

unit user cleat-user-test.service <<END
[Service]
Type=oneshot
Environment=PATH=$PATH
ExecStart=/bin/sh /user_test.sh
END
cat >/user_test.sh <<'END'
exec >/run/user/1000/said 2>&1
cgset --exec --systemd --memory=16m -- sh -c '
  cat /proc/self/cgroup
  cat "/sys/fs/cgroup$(sed s/^0::// /proc/self/cgroup)/memory.max"'
END

exec /lib/systemd/systemd
