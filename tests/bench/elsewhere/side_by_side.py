"""`python side_by_side.py COMMANDS`: runs the commands of this JSON list at the same time, to their end.

Each is a list `[FOLDER, WORD, ...]`. Exits 1 where one fails, with what it said.
"""

import json
import subprocess
import sys
import tempfile


def main() -> int:
    running = []
    for folder, *command in json.loads(sys.argv[1]):
        said = tempfile.TemporaryFile("w+")  # noqa: SIM115
        running.append((subprocess.Popen(command, cwd=folder, stdout=said, stderr=said), said, command))
    failed = 0
    for process, said, command in running:
        if process.wait():
            said.seek(0)
            sys.stderr.write(f"{command} ended with {process.returncode}:\n{said.read()[-4000:]}")
            failed = 1
        said.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
