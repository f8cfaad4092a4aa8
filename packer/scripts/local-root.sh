#!/usr/bin/env bash
# Makes the image, as root of the enclosure that local-bake.sh put around it: base tree, packages, file.
#
#   work                                     an empty directory on which anything may be mounted
#   suite mirror cache_dir                   which base tree, and where base trees are kept
#   packages package_type repository upgrade as in install_packages.sh
#   image_name output_dir format             what to write, and where
#   appversion build_host build_info_url     go into the image's /etc/image-release
# shellcheck disable=SC2154 # variables come from the environment
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=packer/scripts/local-base-tree.sh
. "$here/local-base-tree.sh"
# shellcheck source=packer/scripts/local-image-file.sh
. "$here/local-image-file.sh"

readonly root=$work/root

main() {
  local began
  began=$(now)
  base_tree_of "$suite" "${mirror:-}" "$cache_dir"

  step "unpacking the base tree"
  mkdir "$root"
  tar --extract --file "$base_tree" --directory "$root" --numeric-owner --xattrs --xattrs-include='*' --exclude='./dev/*'

  step "installing ${packages:-nothing}"
  open_root
  install --mode 755 "$here/../install_packages.sh" "$root/root/install_packages.sh"
  install_packages

  step 'tidying up'
  tidy_root
  close_root

  step "writing $image_name.$format"
  write_image_file "$root" "$output_dir/$image_name.$format"
  list_packages >"$output_dir/$image_name.packages.txt"
  step_took
  printf '==> baked in %s s: %s\n' "$(seconds_since "$began")" "$(du -h "$output_dir/$image_name.$format" | cut -f1) $image_name.$format"
}

# Of this machine's environment only the way to the network is for packages' scripts to see.
install_packages() {
  env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    packages="${packages:-}" package_type="${package_type:-deb}" repository="${repository:-}" upgrade="${upgrade:-}" \
    disable_services=true chroot "$root" bash /root/install_packages.sh
}

# What a package's scripts may count on: devices, /proc, names of hosts.
open_root() {
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755,size=16m tmpfs "$root/dev"
  local device
  for device in null zero full random urandom tty; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
}

close_root() {
  umount --recursive "$root/dev" "$root/proc"
}

# Nothing of this machine, of this moment or of the way here stays in the image.
tidy_root() {
  rm -f "$root/root/install_packages.sh" "$root/etc/resolv.conf" "$root/var/lib/dbus/machine-id"
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/cache/apt/archives/*.deb "$root"/tmp/* "$root"/var/tmp/*
  find "$root/var/log" -type f -delete
  : >"$root/etc/machine-id"
  echo localhost >"$root/etc/hostname"
  {
    printf 'IMAGE_NAME=%q\n' "$image_name"
    printf 'APP_VERSION=%q\n' "${appversion:-}"
    printf 'BUILD_HOST=%q\n' "${build_host:-}"
    printf 'BUILD_INFO_URL=%q\n' "${build_info_url:-}"
  } >"$root/etc/image-release"
}

# Says what begins, and what the step before it took.
step() {
  step_took
  echo "==> $1"
  step_began=$(now)
}

step_took() {
  if [[ -n ${step_began:-} ]]; then echo "    $(seconds_since "$step_began") s"; fi
}

now() { date +%s%N; }
seconds_since() { printf '%d.%d' $((($(now) - $1) / 1000000000)) $((($(now) - $1) / 100000000 % 10)); }

# shellcheck disable=SC2016 # the fields are dpkg-query's
list_packages() { chroot "$root" dpkg-query --show --showformat '${Package} ${Version} ${Architecture}\n'; }

main
