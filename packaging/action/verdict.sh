#!/usr/bin/env bash
# The step that fails where the work is not there yet.
set -euo pipefail

options=()
if [ -n "$FAIL_UNDER" ]; then options+=(--fail-under "$FAIL_UNDER"); fi
"$RUNNER_TEMP/grader/bin/python" -I -m grader.ci verdict "$REPORTS" "${options[@]}"
