"""The command `python -m replicas.serve`: says its port, ends on a signal, refuses a taken port."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def test_the_command_says_its_port_and_ends_on_a_signal() -> None:
    command = [sys.executable, "-m", "replicas.serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0
    assert re.fullmatch(r"replica on 127\.0\.0\.1:\d+\n", line)
