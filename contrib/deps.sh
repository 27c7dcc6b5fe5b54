# deps.sh - finds and installs the Debian packages of deps.debian. Sourced, not run.
#
#   deps_missing build test      prints what is not installed, one a line
#   deps_install build test      says what it does, then installs it with one apt call

deps_file=$(dirname "${BASH_SOURCE[0]}")/deps.debian

deps_missing() {
    local group package status
    while read -r group package; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)
        [ "$status" = installed ] || echo "$package"
    done < <(grep -v '^#' "$deps_file" | grep .)
}

deps_install() {
    local missing as_root=()
    if ! command -v dpkg-query >/dev/null; then
        echo "This is no Debian system: install the like of what $deps_file names." >&2
        return 0
    fi
    mapfile -t missing < <(deps_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Missing packages. As root: apt install ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    echo "Installing with apt${as_root:+ (sudo)}: ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get -qq update && apt-get -qq -y --no-install-recommends install "$@"' \
        apt "${missing[@]}" </dev/null >/dev/null ||
        { echo "apt failed. By hand: apt install ${missing[*]}" >&2; return 1; }
}
