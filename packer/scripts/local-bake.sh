#!/usr/bin/env bash
# Bakes a Debian root file system into an image file: encloses the work (local-root.sh) so that nothing of it outlives this script.
#
# The work runs in mount and process namespaces of its own. When this script ends, however it ends, the kernel ends every process in there and
# drops every mount, and the directory it worked in is removed. Root works as root; anyone else as root of a user namespace, for which
# Debian wants the package uidmap and a range in /etc/subuid.
#
# Packer stops a provisioner by killing it, or by going away. So a shell stands in front of this script (local.json), and this script is told
# of its death with SIGTERM.
#
#   suite image_name output_dir cache_dir   as in local.json; the rest of its variables is local-root.sh's
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
enclosure=()
((EUID == 0)) || enclosure=(--user --map-root-user --map-auto)

main() {
  local work status=0
  refuse_bad_names
  demand_programs
  close_inherited
  mkdir -p "$output_dir" "$cache_dir"
  # From here on a signal ends the work inside, and this script by way of its last line.
  trap end_enclosure TERM INT HUP
  work=$(mktemp -d "${TMPDIR:-/tmp}/root-XXXXXX")

  export work suite image_name output_dir cache_dir format
  # In the background, because a shell that waits hears signals and one that runs a command does not.
  setpriv --pdeathsig KILL \
    unshare ${enclosure[@]+"${enclosure[@]}"} --mount --pid --mount-proc --fork --kill-child=KILL bash "$here/local-root.sh" </dev/null &
  wait "$!" || status=$?

  trap '' TERM INT HUP
  end_enclosure
  remove_work "$work"
  exit "$status"
}

# Kills the first process of the enclosure: once it can be waited for, all others in there are gone.
end_enclosure() {
  local outer=${!:-}
  [[ -n $outer ]] || exit 143
  kill -KILL "$(cat "/proc/$outer/task/$outer/children" 2>/dev/null || echo "$outer")" 2>/dev/null || true
  wait "$outer" 2>/dev/null || true
}

# One file system only: were anything still mounted in there, it would not be ours to remove.
remove_work() {
  if ((EUID == 0)); then rm -rf --one-file-system -- "$1"; else unshare "${enclosure[@]}" rm -rf --one-file-system -- "$1"; fi
}

# They become file names and arguments of programs that run as root.
refuse_bad_names() {
  local name
  for name in suite image_name; do
    if [[ ! ${!name:-} =~ ^[A-Za-z0-9][A-Za-z0-9._+~-]*$ ]]; then
      echo "$name is '${!name:-}'; it must be letters, digits and . _ + ~ -, and begin with a letter or digit" >&2
      exit 2
    fi
  done
  case ${format:=tar} in
    tar | qcow2) ;;
    *) echo "format is '$format'; it can be tar or qcow2" >&2 && exit 2 ;;
  esac
  if [[ -n ${mirror:-} && ! $mirror =~ ^(https?://|deb ) ]]; then
    echo "local_mirror is '$mirror'; it must be an http(s) address or a line of sources.list that begins with 'deb '" >&2
    exit 2
  fi
}

# Each with the Debian package that has it.
demand_programs() {
  local needed=('mmdebstrap mmdebstrap') program package
  if [[ $format == qcow2 ]]; then needed+=('mke2fs e2fsprogs' 'qemu-img qemu-utils'); fi
  if ((EUID != 0)); then needed+=('newuidmap uidmap'); fi
  PATH=$PATH:/usr/sbin:/sbin
  for program in "${needed[@]}"; do
    read -r program package <<<"$program"
    if ! command -v "$program" >/dev/null; then
      echo "there is no $program on this worker; install it, e.g. apt-get install $package" >&2
      exit 127
    fi
  done
}

# Packer leaves copies of its output open in its children: a process that keeps one would keep Packer's reader waiting, and mmdebstrap
# needs the one-digit numbers.
close_inherited() {
  local open
  for open in /proc/self/fd/*; do
    open=${open##*/}
    if ((open > 2 && open != 255)); then exec {open}>&-; fi
  done
}

main
