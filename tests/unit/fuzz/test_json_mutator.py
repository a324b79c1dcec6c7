"""A change of a JSON value is one place of it, also inside of the JSON that a string holds."""

from __future__ import annotations

import json
from random import Random

from fuzz.json_mutator import mutate_json


def test_a_changed_value_is_json_still() -> None:
    data = json.dumps({"line": json.dumps({"a": [1, {"b": "c"}]}), "n": 3, "none": None}).encode()
    changed = [mutate_json(data, Random(seed)) for seed in range(300)]
    assert all(isinstance(json.loads(each), object) for each in changed)
    assert len(set(changed)) > 100
    assert any(b'"line":"{' in each and rb"{\"b\":\"c\"}" not in each for each in changed)


def test_what_is_no_json_stays() -> None:
    assert mutate_json(b"{", Random(1)) == b"{"
