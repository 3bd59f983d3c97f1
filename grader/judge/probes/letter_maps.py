"""The names of wrong maps of a ragged batch: which answer reads which letter of which word."""

from __future__ import annotations

import torch

from grader.judge.probes.ragged import valid


def name_reads(reads: torch.Tensor, lengths: torch.Tensor) -> str:
    """The name of a wrong map. reads (B, B, T): answer b depends on step t of row b'; lengths (B,)."""
    batch, _, steps = reads.shape
    rows = reads.any(-1)
    longest = lengths == lengths.max()
    if not rows.any():
        return "output.constant"
    if not rows[~longest].any():
        return "packing.last_column_is_padding"
    if (rows & ~own_rows(batch)).any():
        one_each = bool((rows.sum(0) == 1).all() and (rows.sum(1) == 1).all())
        return "packing.order_not_restored" if one_each else "batch.mixed"
    own = reads[torch.arange(batch), torch.arange(batch)]
    ends = torch.where(own, torch.arange(1, steps + 1), torch.zeros(())).amax(1).long()
    if (own & ~valid(lengths, steps)).any():
        if torch.equal(ends[~longest], lengths[~longest] + 1):
            return "packing.gather_off_by_one"
        if torch.equal(ends.sort().values, lengths.sort().values):
            return "packing.lengths_of_others"
        return "packing.reads_padding"
    if not own[:, 1:].any():
        return "output.first_step_only"
    last = own[torch.arange(batch), lengths - 1]
    if bool(last.all()) and bool((own.sum(1) == 1).all()):
        return "output.last_step_only"
    if not last.any():
        return "packing.gather_off_by_one"
    if bool((ends == ends[0]).all()):
        return "packing.one_length_for_all"
    return "packing.valid_steps_ignored"


def name_tags(reads: torch.Tensor, lengths: torch.Tensor) -> str | None:
    """The name of a wrong map, None for a right one. reads (B, T, B, T); only valid answers count."""
    batch, steps = reads.shape[:2]
    letters = valid(lengths, steps)
    reads = reads & letters[:, :, None, None]
    rows = reads.any(3).any(1)
    if not rows.any():
        return "output.constant"
    if (rows & ~own_rows(batch)).any():
        one_each = bool((rows.sum(0) == 1).all() and (rows.sum(1) == 1).all())
        return "packing.order_not_restored" if one_each else "batch.mixed"
    own = reads[torch.arange(batch), :, torch.arange(batch)]
    if (own & ~letters[:, None, :]).any():
        return "packing.reads_padding"
    silent = letters & ~own.any(2)
    if silent.any():
        spoken = (letters & ~silent).sum(1)
        if torch.equal(spoken, lengths - 1):
            return "packing.gather_off_by_one"
        return "packing.one_length_for_all" if bool((spoken == spoken[0]).all()) else "output.constant_steps"
    itself = own.diagonal(dim1=1, dim2=2)
    if not own.triu(1).any() and not own.tril(-1).any():
        return "recurrence.none"
    if not (itself | ~letters).all():
        return "packing.valid_steps_ignored"
    words = [row[:n, :n] for row, n in zip(own, lengths.tolist(), strict=True)]
    if any(all(torch.equal(word, turned(len(word))) for word in words) for turned in (_one_end, _other_end)):
        return "bidirectional.steps_misaligned"
    return None


def _one_end(size: int) -> torch.Tensor:
    """(size, size) what is read where backward states stand in the order in which they were made."""
    answer, letter = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    return (letter <= answer) | (letter >= size - 1 - answer)


def _other_end(size: int) -> torch.Tensor:
    """(size, size) what is read where forward states stand in turned order beside others that do not."""
    answer, letter = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    return (letter <= answer) | (letter <= size - 1 - answer)


def own_rows(batch: int) -> torch.Tensor:
    """(B, B) true where an answer belongs to the word."""
    return torch.eye(batch, dtype=torch.bool)
