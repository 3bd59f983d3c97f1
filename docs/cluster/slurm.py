"""Holds a Dask cluster on SLURM for `grader grade --engine dask`: run it on a login node, end it with Ctrl-C.

Needs dask-jobqueue, and certificates in Dask's configuration on all nodes (docs/cluster.md).
"""

from __future__ import annotations

import argparse
import socket
import threading

from dask_jobqueue import SLURMCluster
from distributed.security import Security


def cluster(account: str | None, memory: str, walltime: str, host: str, port: int) -> SLURMCluster:
    """A job for each slot: one worker process, one thread, one core."""
    return SLURMCluster(
        cores=1,
        processes=1,
        memory=memory,
        account=account,
        walltime=walltime,
        job_name="grading",
        # The job ends the worker in time to leave in order; others take over what it had.
        worker_extra_args=["--lifetime", "55m", "--lifetime-stagger", "4m"],
        job_extra_directives=["--hint=nomultithread"],
        local_directory="$TMPDIR",
        protocol="tls://",
        security=Security(require_encryption=True),
        scheduler_options={"port": port, "host": host, "dashboard": False},
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--slots", type=int, default=16, help="at most so many jobs at a time")
    asked.add_argument("--account")
    asked.add_argument("--memory", default="6GB", help="of a job: a submission's limit and 1 GB")
    asked.add_argument("--walltime", default="01:00:00")
    asked.add_argument("--host", default=socket.getfqdn(), help="this machine, as the nodes reach it")
    asked.add_argument("--port", type=int, default=8786)
    asked.add_argument("--show", action="store_true", help="print the job script and end")
    options = asked.parse_args()
    with cluster(options.account, options.memory, options.walltime, options.host, options.port) as held:
        if options.show:
            print(held.job_script())
            return
        held.adapt(minimum=0, maximum=options.slots, target_duration="60s", wait_count=20)
        print(f"grader grade homework --engine dask --scheduler {held.scheduler_address}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
