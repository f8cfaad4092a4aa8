#!/usr/bin/env bash
# A machine of the fake cloud: an sshd in a Debian tree, in mount and process namespaces of its own. It ends, with everything in it, when this
# process is killed.
#
#   machine.sh TREE ADDRESS   listens on port 22 of that loopback address only
set -euo pipefail

tree=$1 address=$2

# shellcheck disable=SC2016 # $1 and $2 are the inner shell's
exec unshare --mount --pid --fork --kill-child=KILL bash -euo pipefail -c '
  tree=$1 address=$2
  mount -t proc proc "$tree/proc"
  mount -t tmpfs -o mode=755,size=16m tmpfs "$tree/dev"
  for device in null zero full random urandom tty; do
    : >"$tree/dev/$device"
    mount --bind "/dev/$device" "$tree/dev/$device"
  done
  mkdir "$tree/dev/pts" "$tree/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666 devpts "$tree/dev/pts"
  ln -s pts/ptmx "$tree/dev/ptmx"
  ln -s /proc/self/fd "$tree/dev/fd"
  mkdir -p "$tree/run/sshd"
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$tree" /usr/sbin/sshd -D -e -o "ListenAddress=$address" -o UseDNS=no
' machine "$tree" "$address"
