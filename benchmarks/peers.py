"""Measure the hub beside the same hot path by other means, in turn: `make peers`."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.running import KIT, ROOT, measured_hub

DEVICES = 50
PACKAGES = ROOT / "build" / "peers"


def main() -> None:
    """Print the load tools' own table of medians and ratios."""
    PACKAGES.mkdir(parents=True, exist_ok=True)
    (PACKAGES / "package.json").write_bytes((KIT / "peers" / "node" / "package.json").read_bytes())
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=PACKAGES, check=True)  # noqa: S607 - whichever npm there is
    with measured_hub() as hub:
        hub.seed_visits(DEVICES)
        command = [sys.executable, str(KIT / "run_peers.py"), "--peers", "node", "--hub", hub.base_url]
        command += ["--seed", str(hub.seed), "--pid", str(hub.web.pid), "--state", str(hub.state)]
        command += ["--node-modules", str(PACKAGES / "node_modules"), *sys.argv[1:]]
        subprocess.run(command, check=True)  # noqa: S603 - our own tool


if __name__ == "__main__":
    main()
