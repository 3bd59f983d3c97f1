#!/usr/bin/env bash
# Installs the grader beside the job's files. A second use of the action in the same job finds it there.
set -euo pipefail

venv="$RUNNER_TEMP/grader"
if [ -x "$venv/bin/grader" ]; then
    echo "The grader is installed: $("$venv/bin/grader" --version)"
    exit 0
fi

python=
for name in python3 python3.13 python3.12 python3.11; do
    if "$name" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$name"
        break
    fi
done
if [ -z "$python" ]; then
    echo "::error title=Python 3.11 or newer is needed::Add actions/setup-python before this step."
    exit 2
fi

# -I: nothing of the repository that is being graded is imported, whatever its files are called.
"$python" -I -m venv "$venv"
pip=("$venv/bin/python" -I -m pip --quiet --disable-pip-version-check install)
if [ -n "${TORCH_INDEX:-}" ]; then
    "${pip[@]}" --index-url "$TORCH_INDEX" "torch>=2.13,<2.14"
fi
"${pip[@]}" "$GITHUB_ACTION_PATH"
"$venv/bin/grader" --version
