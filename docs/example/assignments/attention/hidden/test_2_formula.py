"""Hidden: this file never leaves you, so it may know the answer."""

import pytest
import torch


def carried(x, new_state):
    """The outputs (B, T, I) of `h = new_state(x_t, h)`, from a first h of zeros."""
    h, outputs = torch.zeros_like(x[:, 0]), []
    for x_t in x.unbind(1):
        h = new_state(x_t, h)
        outputs.append(h)
    return torch.stack(outputs, 1)


# It waits for the public check: where that one fails, this one would only say so once more.
@pytest.mark.points(6)
@pytest.mark.needs("test_carry_reads_each_row_in_time_order")
def test_carry_follows_the_formula(student, probes, draw):
    x = draw.normal(4, 6, 3).float()
    probes.matches(
        student.carry(x),
        carried(x, lambda x_t, h: torch.tanh(x_t + h)),
        name="carry",
        # Each known wrong answer has a name, and the name has words. What fits none of them "differs".
        wrong=[
            ("rnn.no_tanh", carried(x, lambda x_t, h: x_t + h)),
            ("rnn.sigmoid_for_tanh", carried(x, lambda x_t, h: torch.sigmoid(x_t + h))),
            ("rnn.tanh_on_part", carried(x, lambda x_t, h: torch.tanh(x_t) + h)),
        ],
        differs="rnn.differs",
    )
