"""A cluster that has no worker until there is work, as those on SLURM or Kubernetes: `python -m ... MOST`."""

from __future__ import annotations

import signal
import sys

from distributed import LocalCluster


def main() -> None:
    with LocalCluster(
        host="127.0.0.1",
        n_workers=0,
        threads_per_worker=1,
        dashboard_address=None,
        preload=["tests.cluster.doing"],
    ) as cluster:
        cluster.adapt(
            minimum=0, maximum=int(sys.argv[1]), interval="500ms", target_duration="200ms", wait_count=2
        )
        print(f"Scheduler at: {cluster.scheduler_address}", flush=True)
        signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    main()
