#!/usr/bin/env bash
# For a repository of lessons: the checks hold, starters are those of the references, nothing hidden is released.
set -euo pipefail

grader="$RUNNER_TEMP/grader/bin/grader"
python="$RUNNER_TEMP/grader/bin/python"
work="$(mktemp -d "$RUNNER_TEMP/grader-proof-XXXXXX")"
echo "reports=$work" >>"$GITHUB_OUTPUT"
read -r -a lessons <<<"$GRADER_LESSON"
options=(--json "$work/proof.json")
if [ -n "$GRADER_SANDBOX" ]; then options+=(--sandbox "$GRADER_SANDBOX"); fi

failed=0
"$python" -I -m grader.ci starters "${lessons[@]}" || failed=1

mkdir "$work/released"
while IFS= read -r lesson; do
    name="$(basename "$lesson")"
    if "$grader" release "$lesson" --out "$work/released/$name"; then
        "$python" -I -m grader.ci released "$lesson" "$work/released/$name" || failed=1
    else
        failed=1
    fi
done < <("$python" -I -m grader.ci lessons "${lessons[@]}")

"$grader" prove "${lessons[@]}" "${options[@]}" || failed=1
if [ -s "$work/proof.json" ]; then
    "$python" -I -m grader.ci proof "$work/proof.json" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$failed"
