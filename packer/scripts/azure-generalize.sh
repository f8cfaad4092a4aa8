#!/bin/sh
# Makes a Linux machine of Azure ready to be an image: the last thing that runs on it. Leaves out what the package managers fetched, then the
# names, keys and the user that the machine was given when it was made. Whatever its distribution.
#
# Runs as root, or as a user whose sudo asks for nothing. That user is gone at the end, so nothing can be run as it after this.
set -eu

main() {
  agent=$(as_root sh -c 'command -v waagent' || echo /usr/sbin/waagent)
  if ! as_root test -x "$agent"; then
    echo "there is no waagent on this machine, and without it no machine of the image would start as a new one" >&2
    exit 1
  fi
  clear_packages
  as_root "$agent" -force -deprovision+user
  sync
}

clear_packages() {
  for tool in apt-get dnf yum tdnf zypper; do
    command -v "$tool" >/dev/null || continue
    case $tool in
      apt-get) as_root apt-get clean ;;
      zypper) as_root zypper --non-interactive clean --all ;;
      *) as_root "$tool" -y clean all ;;
    esac
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

main
