# shellcheck shell=bash
# Sourced by local-root.sh: a tree of files becomes one file.

# write_image_file TREE FILE writes a tar, or a qcow2 disk whose whole surface is one ext4 file system, by the ending of FILE.
write_image_file() {
  case $2 in
    *.tar) write_tar "$1" "$2" ;;
    *.qcow2) write_disk "$1" "$2" ;;
  esac
}

# Sorted and without access times, so that equal trees make equal files.
write_tar() {
  tar --create --file "$2" --directory "$1" --sort=name --numeric-owner --one-file-system \
    --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime --xattrs --xattrs-include='*' .
}

# Room for half as much again, 256 MB at least. The tree is copied in by mke2fs: no loop device, no mount, no root needed.
write_disk() {
  # shellcheck disable=SC2154 # work is local-root.sh's
  local raw=$work/disk.raw used
  used=$(du --summarize --block-size=1M "$1" | cut -f1)
  truncate --size "$((used + (used / 2 > 256 ? used / 2 : 256)))M" "$raw"
  mke2fs -q -t ext4 -L root -E root_owner=0:0,lazy_itable_init=0 -d "$1" "$raw"
  qemu-img convert -f raw -O qcow2 "$raw" "$2"
  rm "$raw"
}
