"""An authority and a certificate signed by it, made by openssl, and Dask's configuration that names them."""

from __future__ import annotations

import subprocess
from pathlib import Path

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]


def made(folder: Path) -> dict[str, str]:
    """Environment variables for any Dask process: mutual TLS with certificates that lie in `folder`."""
    folder.mkdir()

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60)

    openssl("req", "-x509", *_KEY, "-subj", "/CN=course", "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", *_KEY, "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr")
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"]
    openssl("x509", "-req", "-in", "node.csr", *signed, "-out", "node.pem")
    places = {"CA_FILE": "ca.pem"}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        places |= {f"{role}__CERT": "node.pem", f"{role}__KEY": "node.key"}
    named = {f"DASK_DISTRIBUTED__COMM__TLS__{key}": str(folder / name) for key, name in places.items()}
    return named | {"DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
