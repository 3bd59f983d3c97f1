"""One answer per letter."""

import pytest
import torch

FEATURES, HIDDEN, CLASSES = 6, 9, 5


@pytest.mark.points(1)
def test_tagger_gives_logits_for_each_letter(student, probes, draw):
    tagger = probes.at_letters(student.Tagger(FEATURES, HIDDEN, CLASSES))
    probes.takes_ragged(tagger, features=FEATURES)
    x, lengths = draw.normal(4, 7, FEATURES), torch.tensor([4, 7, 2, 5])
    probes.has_shape(
        tagger, x, lengths, shape=(4, 7, CLASSES), axes=("@axis.batch", "@axis.step", "@axis.class")
    )
    probes.keeps_columns(tagger, features=FEATURES)
