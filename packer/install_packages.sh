#!/usr/bin/env bash
# Installs operating system packages on the machine it runs on: what every Linux template hands to its shell provisioner.
#
#   packages          names in install order, parted by blanks or commas; versions in the package manager's spelling (nginx=1.24-1, nginx-1.24)
#   package_type      deb or rpm; anything else installs nothing
#   repository        extra repositories, parted by `;`: for deb the tail of a sources line, for rpm a base URL. They are gone again at the end
#   upgrade           `true` brings the system up to date first
#   disable_services  `true` keeps the packages' services from starting here (deb only)
#
# Fails when any package is missing or any step fails.
set -euo pipefail

# How long another package manager, such as a first boot's, may hold its locks.
readonly LOCK_SECONDS=300
# How often the network may fail.
readonly TRIES=3

readonly DEB_LIST=/etc/apt/sources.list.d/bakehouse.list
readonly DEB_POLICY=/usr/sbin/policy-rc.d
readonly RPM_REPOSITORIES=/etc/yum.repos.d

main() {
  local wanted=() repositories=()
  read_lines wanted "$(unquoted "${packages:-}" | tr ' \t,' '\n' | trimmed_lines)"
  read_lines repositories "$(unquoted "${repository:-}" | tr ';' '\n' | trimmed_lines)"
  tell_inputs | hide_credentials
  refuse_options

  trap clear_away EXIT
  case ${package_type:-} in
    deb) install_debs ;;
    rpm) install_rpms ;;
    *) echo "package_type is '${package_type:-}', neither deb nor rpm: nothing is installed" ;;
  esac
}

tell_inputs() {
  echo "packages: ${wanted[*]-} (${package_type:-})"
  ((${#repositories[@]} == 0)) || printf 'repository: %s\n' "${repositories[@]}"
  [[ ${upgrade:-} != true ]] || echo 'upgrade: first'
}

# A name that begins with a dash would be an option to a program that runs as root.
refuse_options() {
  local package
  for package in ${wanted[@]+"${wanted[@]}"}; do
    if [[ $package == -* ]]; then
      echo "'$package' is not a package: it begins with a dash" >&2
      exit 2
    fi
  done
}

install_debs() {
  [[ ${disable_services:-} != true ]] || keep_services_down
  if ((${#repositories[@]} > 0)); then printf '%s\n' "${repositories[@]}" | deb_lines | write_file "$DEB_LIST"; fi
  refresh_deb_lists
  [[ ${upgrade:-} != true ]] || apt_get upgrade --with-new-pkgs
  # All of them first, touching nothing: a missing one, or two that cannot stand side by side, shows at once and not half an hour later.
  ((${#wanted[@]} < 2)) || apt_get install --simulate "${wanted[@]}" >/dev/null
  local package
  for package in ${wanted[@]+"${wanted[@]}"}; do apt_get install "$package"; done
}

install_rpms() {
  local tool index=0 package entry
  tool=$(rpm_tool)
  for entry in ${repositories[@]+"${repositories[@]}"}; do
    index=$((index + 1))
    rpm_repository "$index" "$entry" | write_file "$RPM_REPOSITORIES/bakehouse-$index.repo"
  done
  [[ ${upgrade:-} != true ]] || with_patience as_root "$tool" -y upgrade
  # One by one: several at once are good enough for yum 3 when one of them exists.
  for package in ${wanted[@]+"${wanted[@]}"}; do with_patience as_root "$tool" -y install "$package"; done
}

# The repositories of this bake must all answer: a package from elsewhere would be another one. Where a source that the image came with
# stays away, the packages may still be had from the others.
refresh_deb_lists() {
  if [[ -s $DEB_LIST ]]; then
    apt_get update -o APT::Update::Error-Mode=any -o APT::Get::List-Cleanup=0 \
      -o Dir::Etc::SourceList="$DEB_LIST" -o Dir::Etc::SourceParts=/dev/null
  fi
  apt_get update -o APT::Update::Error-Mode=any && return
  echo 'not every package list could be fetched; going on with those that were'
  apt_get update
}

# What the caller pinned may be older than what is there, and nobody is here to be asked about configuration files.
apt_get() {
  with_patience as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get "$1" --yes \
    --allow-downgrades --allow-change-held-packages \
    -o DPkg::Lock::Timeout="$LOCK_SECONDS" -o Acquire::Retries=3 -o Acquire::Languages=none -o Dpkg::Use-Pty=0 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "${@:2}"
}

# An entry with options of its own (`[signed-by=/…] https://… suite main`) stands as it is. One without is trusted: it was named for this bake.
deb_lines() { sed -E -e 's/^deb[[:space:]]+//' -e '/^\[/! s/^/[trusted=yes] /' -e 's/^/deb /'; }

rpm_repository() {
  printf '[bakehouse-%s]\nname=bakehouse-%s\nbaseurl=%s\nenabled=1\ngpgcheck=0\n' "$1" "$1" "$2"
}

rpm_tool() {
  local tool
  for tool in dnf yum microdnf tdnf; do
    if command -v "$tool"; then return; fi
  done
  echo 'package_type is rpm, and none of dnf, yum, microdnf and tdnf is on this machine' >&2
  return 1
}

keep_services_down() {
  if [[ -e $DEB_POLICY ]]; then as_root mv "$DEB_POLICY" "$DEB_POLICY.before-bake"; fi
  printf '#!/bin/sh\nexit 101\n' | write_file "$DEB_POLICY"
  as_root chmod 755 "$DEB_POLICY"
}

clear_away() {
  as_root rm -f "$DEB_LIST" "$RPM_REPOSITORIES"/bakehouse-*.repo
  if [[ ${package_type:-} == deb && ${disable_services:-} == true ]]; then as_root rm -f "$DEB_POLICY"; fi
  if [[ -e $DEB_POLICY.before-bake ]]; then as_root mv "$DEB_POLICY.before-bake" "$DEB_POLICY"; fi
}

# Runs a package manager, again when it failed for want of a lock or of the network, and for no other reason.
with_patience() {
  local errors try=1 waited=0 status pause
  errors=$(mktemp)
  while true; do
    status=0
    run_telling "$errors" "$@" || status=$?
    if ((status == 0)); then break; fi
    if is_lock_held "$errors" && ((waited < LOCK_SECONDS)); then
      pause=5 waited=$((waited + 5))
    elif is_network_trouble "$errors" && ((try < TRIES)); then
      pause=$((2 ** try)) try=$((try + 1))
    else
      break
    fi
    echo "trying again in $pause s"
    sleep "$pause"
  done
  rm -f "$errors"
  return "$status"
}

# Output and errors go where they belong, without credentials; errors into the file as well.
run_telling() {
  { "${@:2}" 2>&1 1>&3 | hide_credentials | tee "$1" >&2; } 3>&1 | hide_credentials
}

is_lock_held() { grep -Eq 'ould not get lock|nable to (acquire|lock)|is locked by another|holding the yum lock|aiting for process' "$1"; }

is_network_trouble() {
  grep -Eiq -e 'failed to fetch|index files failed to download|temporary failure|could not resolve|(could not|unable to) connect' \
    -e 'connection (failed|refused|reset|timed out)|hash sum mismatch|unexpected size|cannot download|curl error|mirrorlist' \
    -e 'valid baseurl|[^0-9]5[0-9][0-9] +(internal|bad|service|gateway)' "$1"
}

hide_credentials() { sed -u -E 's#://[^/@[:space:]]+@#://#g'; }

# read_lines NAME TEXT fills the array of that name; no text, no lines. (A root that is not yet a running system may lack /dev/fd, so no `< <(…)`.)
read_lines() {
  if [[ -n $2 ]]; then mapfile -t "$1" <<<"$2"; fi
}

trimmed_lines() { sed -E -e 's/^[[:space:]]+//' -e 's/[[:space:]]+$//' -e '/^$/d'; }

# Templates may hand values over in quotes.
unquoted() {
  local text=$1
  if [[ $text == '"'*'"' || $text == "'"*"'" ]]; then text=${text:1:${#text}-2}; fi
  printf '%s\n' "$text"
}

# Readable by root only: a repository's address may hold its password.
# shellcheck disable=SC2016 # $1 is the inner shell's
write_file() { as_root sh -c 'umask 077 && cat >"$1"' sh "$1"; }

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

main
