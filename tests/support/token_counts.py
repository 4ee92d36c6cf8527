"""Token counts of many texts by the reference tokenizer, from tests/data/token_counts.json."""

from __future__ import annotations

import json

from tests.support.paths import DATA

TOKEN_COUNTS = json.loads((DATA / "token_counts.json").read_text())
"""`origin`: the tokenizer and its version; `counts`: pairs of text and token count."""
