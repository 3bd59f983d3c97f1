#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the container.
set -euo pipefail

# Address of PyTorch's own index of CPU builds. Without it pip may fetch gigabytes of CUDA libraries.
TORCH_INDEX=''
SOURCE="${AUTOGRADER_SOURCE:-/autograder/source}"
VENV="${AUTOGRADER_VENV:-/opt/grader}"

# What is built here holds no secret, and rooms' own users have to read it.
umask 022
chmod 0700 "$SOURCE"

suitable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
}
choose_python() {
    local name
    for name in python3 python3.12 python3.11 python3.13; do
        if suitable "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

if ! python="$(choose_python)"; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    for version in 3.12 3.11 3.13; do
        if apt-get install -y -qq --no-install-recommends "python$version" "python$version-venv"; then break; fi
    done
    python="$(choose_python)" || {
        echo "The grader needs Python 3.11, 3.12 or 3.13. Choose a base image with Ubuntu 22.04 or newer." >&2
        exit 1
    }
fi

"$python" -m venv "$VENV"
pip=("$VENV/bin/python" -I -m pip --quiet --no-cache-dir --disable-pip-version-check install)
if [ -n "$TORCH_INDEX" ]; then
    "${pip[@]}" --index-url "$TORCH_INDEX" "$(grep '^torch==' "$SOURCE/requirements.txt")"
fi
"${pip[@]}" --requirement "$SOURCE/requirements.txt"

packages="$("$VENV/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
rm -rf "${packages:?}/grader"
cp -R "$SOURCE/grader" "$packages/grader"
find "$packages/grader" -type d -exec chmod 0755 {} + -o -type f -exec chmod 0644 {} +
"$VENV/bin/python" -I -m compileall -q "$packages/grader" || true

# For the log of the build: which walls stand here. Where none does, run_autograder refuses to run student code.
"$VENV/bin/python" -I -m grader doctor || true
