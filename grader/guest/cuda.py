"""Whether a GPU is in use."""

from __future__ import annotations

from typing import Any

import torch


def in_use() -> bool:
    """Whether this process has begun to use a GPU; asking begins nothing."""
    asked: Any = torch.cuda.is_initialized
    return bool(asked())
