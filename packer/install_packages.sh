#!/usr/bin/env bash
# Installs operating system packages on the machine it runs on: what every Linux template hands to its shell provisioner.
#
#   packages          names in install order, parted by blanks or commas; versions in the package manager's spelling (nginx=1.24-1, nginx-1.24).
#                     A path of a .deb or .rpm file on this machine is a package too
#   package_type      deb or rpm; anything else installs nothing
#   repository        extra repositories, parted by `;`: for deb the tail of a sources line, for rpm a base URL. They are gone again at the end
#   upgrade           `true` brings the system up to date first
#   disable_services  `true` keeps the packages' services from starting here
#
# A template may have uploaded /tmp/artifacts.json: a JSON array of objects whose `reference` is a package, with its repository before it where
# it needs one ("https://deb.example/pool stable main nginx=1.24-1"). These come after `packages`. The file is gone at the end, and so are
# package files of it that lie in /tmp.
#
# Runs as root, or as a user whose sudo asks for nothing. Fails, naming it, when a package is missing or does not install.
set -euo pipefail

# How long another package manager, such as a first boot's, may hold its locks.
readonly LOCK_SECONDS=300
# How often the network may fail; the pauses between are 2, 6 and 18 seconds.
readonly TRIES=4

readonly ARTIFACTS=/tmp/artifacts.json
readonly DEB_LIST=/etc/apt/sources.list.d/bakehouse.list
readonly DEB_POLICY=/usr/sbin/policy-rc.d
readonly RPM_REPOSITORIES=/etc/yum.repos.d

# What is to be cleared away beside these.
uploaded=() policy_is_ours=no

main() {
  local wanted=() repositories=()
  trap clear_away EXIT
  case ${package_type:-} in
    deb | rpm) ;;
    *)
      echo "package_type is '${package_type:-}', neither deb nor rpm: nothing is installed"
      return
      ;;
  esac

  read_lines wanted "$(unquoted "${packages:-}" | tr ' \t,' '\n' | trimmed_lines)"
  read_lines repositories "$(unquoted "${repository:-}" | tr ';' '\n' | trimmed_lines)"
  read_artifacts
  # The order that the classic bakery gives them; each once.
  read_lines repositories "$(printf '%s\n' ${repositories[@]+"${repositories[@]}"} | trimmed_lines | LC_ALL=C sort -u)"
  refuse_unusable
  tell_inputs | hide_credentials

  case $package_type in
    deb) install_debs ;;
    rpm) install_rpms ;;
  esac
}

tell_inputs() {
  echo "packages: ${wanted[*]-} ($package_type)"
  ((${#repositories[@]} == 0)) || printf 'repository: %s\n' "${repositories[@]}"
  [[ ${upgrade:-} != true ]] || echo 'upgrade: first'
}

refuse_unusable() {
  local package entry
  for entry in ${repositories[@]+"${repositories[@]}"}; do
    # A package manager takes the host for the user and tells the world the rest.
    if [[ $entry =~ ://[^/@[:space:]]*:[^/@[:space:]]*[^/@0-9[:space:]][^/@[:space:]]*/[^[:space:]]*@ ]]; then
      fail 2 'a repository has a password with a slash in it; write that as %2F'
    fi
  done
  for package in ${wanted[@]+"${wanted[@]}"}; do
    # It would be an option to a program that runs as root.
    if [[ $package == -* ]]; then fail 2 "'$package' is not a package: it begins with a dash"; fi
    if is_file "$package" && [[ ! -f $package ]]; then fail 1 "package $package is missing: there is no such file on this machine"; fi
  done
  if ((EUID != 0)) && ! sudo -n true; then fail 1 'installing packages takes root, or sudo without a password'; fi
}

install_debs() {
  local package allowances=(--allow-downgrades --allow-change-held-packages)
  # Before apt 1.1 there was one word for all of it.
  apt-get --allow-downgrades --version >/dev/null 2>&1 || allowances=(--force-yes)
  [[ ${disable_services:-} != true ]] || keep_services_down
  if ((${#repositories[@]} > 0)); then printf '%s\n' "${repositories[@]}" | deb_lines | write_file "$DEB_LIST"; fi
  refresh_deb_lists
  [[ ${upgrade:-} != true ]] || apt_get upgrade -o APT::Get::Upgrade-Allow-New=true
  # All of them first, touching nothing: a missing one, or two that cannot stand side by side, shows at once and not half an hour later.
  ((${#wanted[@]} < 2)) || apt_get install --simulate "${wanted[@]}" >/dev/null
  for package in ${wanted[@]+"${wanted[@]}"}; do
    apt_get install "$package" || fail $? "package $package could not be installed"
  done
}

install_rpms() {
  local tool index=0 package entry
  tool=$(rpm_tool)
  for entry in ${repositories[@]+"${repositories[@]}"}; do
    index=$((index + 1))
    rpm_repository "$index" "$entry" | write_file "$RPM_REPOSITORIES/bakehouse-$index.repo"
  done
  [[ ${upgrade:-} != true ]] || rpm_manager upgrade
  # One by one: several at once are good enough for yum 3 when one of them exists.
  for package in ${wanted[@]+"${wanted[@]}"}; do
    rpm_manager install "$package" || fail $? "package $package could not be installed"
    # What yum 3 says of a version that is older than the one that is there is "nothing to do".
    if [[ $tool == */yum ]] && is_pinned "$package" && ! rpm --query "$package" >/dev/null; then
      rpm_manager downgrade "$package" || fail $? "package $package could not be installed"
    fi
  done
}

# The repositories of this bake must all answer: a package from elsewhere would be another one. Where a source that the image came with
# stays away, the packages may still be had from the others.
refresh_deb_lists() {
  if [[ -e $DEB_LIST ]]; then
    demand=all apt_get update -o APT::Get::List-Cleanup=0 -o Dir::Etc::SourceList="$DEB_LIST" -o Dir::Etc::SourceParts=/dev/null
  fi
  demand=all apt_get update && return
  echo 'not every package list could be fetched; going on with those that were'
  apt_get update
}

# What the caller pinned may be older than what is there, nobody is here to be asked about configuration files, and a name that no package has
# is not a pattern that others may fit.
apt_get() {
  with_patience as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get "$1" --yes "${allowances[@]}" \
    -o DPkg::Lock::Timeout="$LOCK_SECONDS" -o Acquire::Retries=2 -o Acquire::Languages=none -o Dpkg::Use-Pty=0 \
    -o APT::Cmd::Pattern-Only=true -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "${@:2}"
}

# An entry with options of its own (`[signed-by=/…] https://… suite main`) stands as it is. One without is trusted: it was named for this bake.
deb_lines() { sed -E -e 's/^deb[[:space:]]+//' -e '/^\[/! s/^/[trusted=yes] /' -e 's/^/deb /'; }

# That it must answer is not every machine's default.
rpm_repository() {
  printf '[bakehouse-%s]\nname=bakehouse-%s\nbaseurl=%s\nenabled=1\ngpgcheck=0\nskip_if_unavailable=0\n' "$1" "$1" "$2"
}

# With SYSTEMD_OFFLINE systemctl enables and disables as told, and starts nothing: what policy-rc.d is to a deb.
rpm_manager() {
  local offline=()
  [[ ${disable_services:-} != true ]] || offline=(SYSTEMD_OFFLINE=1)
  with_patience as_root env LC_ALL=C ${offline[@]+"${offline[@]}"} "$tool" -y "$@"
}

rpm_tool() {
  local tool
  for tool in dnf yum microdnf tdnf; do
    if command -v "$tool"; then return; fi
  done
  fail 1 'package_type is rpm, and none of dnf, yum, microdnf and tdnf is on this machine'
}

is_pinned() { [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._+~^-]*-[0-9][A-Za-z0-9._+~^-]*$ ]] && ! is_file "$1"; }

is_file() { [[ $1 == */*.deb || $1 == */*.rpm ]]; }

keep_services_down() {
  if [[ -e $DEB_POLICY ]]; then as_root mv "$DEB_POLICY" "$DEB_POLICY.before-bake"; fi
  policy_is_ours=yes
  printf '#!/bin/sh\nexit 101\n' | write_file "$DEB_POLICY"
  as_root chmod 755 "$DEB_POLICY"
}

clear_away() {
  local place
  if [[ $policy_is_ours == yes ]]; then as_root rm -f "$DEB_POLICY"; fi
  if [[ -e $DEB_POLICY.before-bake ]]; then as_root mv "$DEB_POLICY.before-bake" "$DEB_POLICY"; fi
  for place in "$ARTIFACTS" ${uploaded[@]+"${uploaded[@]}"} "$DEB_LIST" "$RPM_REPOSITORIES"/bakehouse-*.repo \
    /var/cache/dnf/bakehouse-* /var/cache/libdnf5/bakehouse-* /var/cache/yum/bakehouse-* /var/cache/yum/*/*/bakehouse-*; do
    if [[ -e $place ]]; then as_root rm -rf "$place"; fi
  done
}

# Adds the uploaded list to `wanted` and `repositories`.
read_artifacts() {
  local listed references=() reference fields package
  [[ -e $ARTIFACTS ]] || return 0
  listed=$(uploaded_references <"$ARTIFACTS")
  read_lines references "$listed"
  for reference in ${references[@]+"${references[@]}"}; do
    read -ra fields <<<"$reference"
    package=${fields[${#fields[@]} - 1]#file://}
    unset "fields[${#fields[@]} - 1]"
    wanted+=("$package")
    ((${#fields[@]} == 0)) || repositories+=("${fields[*]}")
    if is_file "$package" && [[ $package == /tmp/* ]]; then uploaded+=("$package"); fi
  done
}

# JSON in, a reference a line out. (jq is on few machines, and would have to be installed and removed again.)
uploaded_references() { tr '\r\n\t' '   ' | json_tokens | references_of; }

# A line for each token of JSON that stands on one line.
json_tokens() { LC_ALL=C grep -aoE '"([^"\\]|\\.)*"|[][{}:,]|[^][{}:,"[:space:]]+' || true; }

# Reads tokens and prints the `reference` of each object of the array that they make.
references_of() {
  local token open='' before='' key='' reference=''
  while IFS= read -r token; do
    case "$open $token" in
      ' [' | '[ {' | '[ ,' | '[ ]') ;;
      '[{ }')
        [[ -n ${reference// /} ]] || refuse_list 'one of its objects has no reference'
        printf '%s\n' "$reference"
        reference=''
        ;;
      '[{ "'*)
        if [[ $before != : ]]; then key=$token; elif [[ $key == '"reference"' ]]; then reference=$(unescaped "${token:1:${#token}-2}"); fi
        ;;
      '[{'*) ;;
      *) refuse_list 'it must be one array of objects' ;;
    esac
    case $token in
      '[' | '{') open+=$token ;;
      ']' | '}')
        [[ $open$token == *'[]' || $open$token == *'{}' ]] || refuse_list 'its brackets do not match'
        open=${open%?}
        if [[ -z $open ]]; then open=ended; fi
        ;;
      , | : | '"'*'"' | true | false | null | [0-9-]*) ;;
      *) refuse_list "$token is not JSON" ;;
    esac
    before=$token
  done
  [[ $open == ended ]] || refuse_list 'it ends too early'
}

# Blanks part a reference, so what else is blank may be one. Package managers know no letters beyond ASCII.
# Text is taken apart once, and not cut shorter sign by sign: a long one would keep the machine for minutes.
unescaped() {
  local parts=() plain index part char
  if [[ $1 != *\\* ]]; then
    printf '%s' "$1"
    return
  fi
  # shellcheck disable=SC2141 # a backslash it is
  IFS=$'\\' read -ra parts <<<"$1"
  plain=("${parts[0]}")
  for ((index = 1; index < ${#parts[@]}; index++)); do
    part=${parts[index]}
    case $part in
      '')
        # Two backslashes are one, and what follows them is as it stands.
        index=$((index + 1))
        char=$'\\' part=${parts[index]-}
        ;;
      u00*)
        printf -v char '%b' "\\x${part:3:2}"
        part=${part:5}
        ;;
      u*) char='?' part=${part:5} ;;
      [bfnrt]*) char=' ' part=${part:1} ;;
      *) char=${part:0:1} part=${part:1} ;;
    esac
    plain+=("$char" "$part")
  done
  printf '%s' "${plain[@]}" | tr '\n\r\t' '   '
}

refuse_list() { fail 2 "$ARTIFACTS cannot be read: $1"; }

# Runs a package manager, again when it failed for want of a lock or of the network, and for no other reason.
with_patience() {
  local errors try=1 waited=0 status pause=2 next=2
  errors=$(mktemp)
  while true; do
    status=0
    run_telling "$errors" "$@" || status=$?
    if ((status == 0)) && is_half_done "$errors"; then status=100; fi
    if ((status == 0)); then break; fi
    if is_lock_held "$errors" && ((waited < LOCK_SECONDS)); then
      pause=5 waited=$((waited + 5))
    elif is_network_trouble "$errors" && ((try < TRIES)); then
      pause=$next next=$((next * 3)) try=$((try + 1))
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

# `apt-get update` ends well where a mirror is merely away, with old lists or none. With demand=all that is a failure.
is_half_done() { [[ ${demand:-} == all ]] && grep -Eq '^W: (Failed to fetch|Some index files failed)' "$1"; }

is_lock_held() { grep -Eq 'ould not get lock|nable to (acquire|lock)|is locked by another|holding the yum lock|aiting for process' "$1"; }

# A server that says "not you" or "not here" says so again.
is_network_trouble() {
  grep -Eiv '(status code:|error:?|  ) ?40[134]( |$)' "$1" |
    grep -Eiq -e 'failed to fetch|temporary failure|could not resolve|(could not|unable to) connect|curl error|mirrorlist|valid baseurl' \
      -e 'connection (failed|refused|reset|timed out)|hash sum mismatch|unexpected size|mirrors were already tried' \
      -e 'status code: 5|[^0-9]5[0-9][0-9] +(internal|bad|service|gateway)'
}

hide_credentials() { sed -u -E 's#://[^/[:space:]]*@#://#g'; }

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

fail() {
  echo "$2" >&2
  exit "$1"
}

main
