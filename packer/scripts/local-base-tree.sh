# shellcheck shell=bash
# Sourced by local-root.sh: base trees, the smallest systems that can install packages, kept as tar files and shared by all bakes on a machine.

readonly BASE_TREE_DAYS=7

# base_tree_of SUITE MIRROR CACHE_DIR leaves the path of a tar of that tree in $base_tree. Bakes that need the same one at once build it once.
base_tree_of() {
  local architecture directory=$3/base
  architecture=$(dpkg --print-architecture)
  base_tree=$directory/$1-$architecture-$(printf '%s' "$2" | sha256sum | cut -c1-12).tar
  mkdir -p "$directory"
  if is_fresh; then
    step "base tree $1 $architecture is at hand"
    return
  fi

  exec 9>"$base_tree.lock"
  until flock --timeout 20 9; do echo "    another bake is making the base tree $1 $architecture; waiting for it"; done
  if is_fresh; then
    step "base tree $1 $architecture was made by another bake"
  else
    step "making the base tree $1 $architecture (once in $BASE_TREE_DAYS days)"
    make_base_tree "$1" "$2"
  fi
  exec 9>&-
}

is_fresh() { [[ -n $(find "$base_tree" -mtime "-$BASE_TREE_DAYS" 2>/dev/null) ]]; }

# Twice moved: the first may be a copy to another file system, the second is a rename, so a reader sees a whole tree or none. The package
# lists stay in it, to be refreshed and not fetched.
# shellcheck disable=SC2016 # the hook's $1 is the tree
make_base_tree() {
  # shellcheck disable=SC2154 # work is local-root.sh's
  TMPDIR=$work mmdebstrap --mode=root --variant=minbase --skip=cleanup/apt/lists --format=tar \
    --aptopt='quiet "2"' --aptopt='Acquire::Languages "none"' --aptopt='APT::Sandbox::User "root"' \
    --customize-hook='rm "$1/etc/apt/apt.conf.d/99mmdebstrap"' "$1" "$work/base.tar" ${2:+"$2"} 9>&-
  mv "$work/base.tar" "$base_tree.part"
  mv "$base_tree.part" "$base_tree"
}
