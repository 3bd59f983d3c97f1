#!/usr/bin/env bash
# Says what was found: annotations in the log, a summary of the step, JUnit for tools that read it.
set -euo pipefail

python="$RUNNER_TEMP/grader/bin/python"
said=(--lang "$GRADER_LANG")
if [ -n "$GRADER_LESSON" ]; then said+=(--lesson "$GRADER_LESSON"); fi

"$python" -I -m grader.ci summary "$REPORTS" "${said[@]}" >>"$GITHUB_STEP_SUMMARY"
"$python" -I -m grader.ci annotations "$REPORTS" \
    --notebooks "$GRADER_NOTEBOOK" --root "$GITHUB_WORKSPACE" "${said[@]}"

status=0
"$RUNNER_TEMP/grader/bin/grader" export "$REPORTS" --to junit --out "$REPORTS/junit.xml" \
    >"$REPORTS/export.txt" 2>&1 || status=$?
# 1: some need review, and the file says which.
if [ "$status" -gt 1 ]; then
    echo "::error title=No JUnit file::grader export ended with status $status; its words are in the report's export.txt."
    exit "$status"
fi
