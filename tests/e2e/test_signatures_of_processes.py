"""Signatures are the same in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from archive.similarity.minhash import (
    signature,
)

BRIDGE = """Khánh thành cầu dân sinh Khe Lang
Sáng 05/3/2025, UBND xã Khe Lang tổ chức khánh thành cầu dân sinh dài 48 mét, nối hai thôn bị chia cắt mỗi mùa lũ.
Công trình khởi công từ tháng 6 năm ngoái với tổng mức đầu tư 7,5 tỷ đồng, trong đó người dân hiến hơn 320 m2 đất.
Chủ tịch UBND xã Đinh Công Mạch nói: “Cây cầu này là mồ hôi của cả xã, từ nay học sinh không còn phải qua đò”.
Ban quản lý sẽ bàn giao hồ sơ cho xã, lắp thêm biển báo tải trọng và trồng hai hàng cây ở hai đầu cầu trong tháng này.
Lò Thị Bưởi"""


def test_another_process_signs_alike() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from archive.similarity.minhash import signature; print(signature(sys.stdin.read()))",
        ],
        input=BRIDGE,
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"},
    )

    assert said.stdout.strip() == str(signature(BRIDGE))
