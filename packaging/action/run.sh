#!/usr/bin/env bash
# Checks or grades. What the notebook printed goes into files of the report, never into the log.
set -euo pipefail

grader="$RUNNER_TEMP/grader/bin/grader"
reports="$(mktemp -d "$RUNNER_TEMP/grader-reports-XXXXXX")"
echo "reports=$reports" >>"$GITHUB_OUTPUT"

options=(--out "$reports" --lang "$GRADER_LANG")
if [ -n "$GRADER_LESSON" ]; then options+=(--lesson "$GRADER_LESSON"); fi
if [ -n "$GRADER_SANDBOX" ]; then options+=(--sandbox "$GRADER_SANDBOX"); fi

case "$GRADER_COMMAND" in
check) ;;
grade)
    if [ -z "${COURSE_SECRET:-}" ]; then
        echo "::error title=No secret::grade needs the input secret: the course's own, from the repository's secrets."
        echo "status=2" >>"$GITHUB_OUTPUT"
        exit 2
    fi
    secret="$(umask 077 && mktemp "$RUNNER_TEMP/grader-secret-XXXXXX")"
    trap 'rm -f "$secret"' EXIT
    printf '%s' "$COURSE_SECRET" >"$secret"
    options+=(--secret "$secret")
    ;;
*)
    echo "::error title=Unknown command::The input command is check, grade or prove."
    echo "status=2" >>"$GITHUB_OUTPUT"
    exit 2
    ;;
esac
unset COURSE_SECRET

status=0
"$grader" "$GRADER_COMMAND" "$GRADER_NOTEBOOK" "${options[@]}" \
    >"$reports/screen.txt" 2>"$reports/messages.txt" || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"

# The grader's own words. A name in them may be a student's, so no line begins as one of the runner's commands.
head -n 50 "$reports/messages.txt" | sed -e 's/^/grader | /' -e 's/##\[/## [/g'
case "$status" in
0 | 1) ;;
*)
    echo "::error title=The grader could not run::It ended with status $status; its words stand above."
    exit 2
    ;;
esac
