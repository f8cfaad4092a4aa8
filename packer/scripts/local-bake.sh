#!/usr/bin/env bash
# Bakes a Debian root file system into an image file: encloses the work (local-root.sh) so that nothing of it outlives this script.
#
# The work runs in mount and process namespaces of its own. When this script ends, however it ends, the kernel ends every process in there and
# drops every mount, and the directory it worked in is removed. Root works as root; anyone else as root of a user namespace, for which
# Debian wants the package uidmap and a range in /etc/subuid.
#
#   suite image_name output_dir cache_dir   as in local.json; the rest of its variables is local-root.sh's
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
enclosure=()
((EUID == 0)) || enclosure=(--user --map-root-user --map-auto)
work='' inside=''

main() {
  refuse_bad_names
  close_inherited
  mkdir -p "$output_dir" "$cache_dir"
  trap clear_away EXIT
  trap 'exit 143' TERM
  trap 'exit 130' INT
  trap 'exit 129' HUP
  work=$(mktemp -d "${TMPDIR:-/tmp}/root-XXXXXX")

  export work suite image_name output_dir cache_dir
  # In the background, because a shell that waits hears signals and one that runs a command does not.
  unshare ${enclosure[@]+"${enclosure[@]}"} --mount --pid --mount-proc --fork --kill-child=KILL bash "$here/local-root.sh" </dev/null &
  inside=$!
  wait "$inside"
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
    tar | qcow2) export format ;;
    *) echo "format is '$format'; it can be tar or qcow2" >&2 && exit 2 ;;
  esac
  if [[ -n ${mirror:-} && ! $mirror =~ ^(https?://|deb ) ]]; then
    echo "local_mirror is '$mirror'; it must be an http(s) address or a line of sources.list that begins with 'deb '" >&2
    exit 2
  fi
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

clear_away() {
  trap '' TERM INT HUP
  if [[ -n $inside ]]; then
    kill -KILL "$inside" 2>/dev/null && wait "$inside" 2>/dev/null
  fi
  # One file system only: were anything still mounted in there, it would not be ours to remove.
  if [[ -n $work ]]; then
    if ((EUID == 0)); then rm -rf --one-file-system -- "$work"; else unshare "${enclosure[@]}" rm -rf --one-file-system -- "$work"; fi
  fi
}

main
