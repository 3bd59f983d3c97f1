"""What a workflow on a build server says of records: annotations, a summary, a verdict.

`python -I -m grader.ci COMMAND` in a step; the steps themselves are in `packaging/action/`.
"""
