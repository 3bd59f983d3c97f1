"""Grading on the workers of a Dask cluster (`grader grade --engine dask`; docs/cluster.md).

Driver: `connecting` opens the connection, `members` watches who is there and admits them, `executor` hands
out and takes back, `grading` makes products of what comes. Worker: `worker` holds the functions that are
called there, `workbench` the warm processes. Between them go only bytes (`messages`).
"""
