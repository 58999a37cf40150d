#!/bin/busybox sh
# shellcheck shell=dash
# The first and only program of the virtual machine: makes a small system with
# cgroup v2 alone, runs the tests, and turns the machine off. What the tests
# print is all that the serial console shows between two marks, but for a sign
# of life now and then.
/bin/busybox --install -s /bin
export PATH=/cleat:/bin TMPDIR=/tmp HOME=/
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t tmpfs none /tmp
mount -t tmpfs none /run
mount -t cgroup2 none /sys/fs/cgroup
ln -s /proc/self/fd /dev/fd
mkdir /etc
printf '%s\n' root:x:0:0::/:/bin/sh nobody:x:65534:65534::/:/bin/sh >/etc/passwd
for module in configfs null_blk loop zsmalloc lzo-rle zram; do
  insmod /modules/$module.ko
done
if [ -e /sys/block/zram0 ]; then
  echo 128M >/sys/block/zram0/disksize
  mkswap /dev/zram0 >/dev/null && swapon /dev/zram0
fi
while sleep 10; do echo "CLEAT-VM ALIVE"; done &
echo "CLEAT-VM BEGIN $(uname -r)"
# shellcheck disable=SC2046  # words
sh /tests.sh $(cat /wanted) 2>&1
echo "CLEAT-VM END $?"
poweroff -f
