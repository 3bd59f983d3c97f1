"""The share of hidden digits that the trained network of lesson `cnn` is right on.

    python -m tests.thresholds.cnn --draws 10

As `tests.thresholds.lstm`, with digits enlarged to 28x28.
"""

from __future__ import annotations

from tests.thresholds.digits import enlarged, main, pictures

BUDGETS = ((3, 0.002), (20, 0.005), (20, 0.1))
WRONG = ("no_activation_at_all", "softmax_at_the_end", "zero_grad_missing", "labels_in_another_order")

if __name__ == "__main__":
    main(
        "cnn",
        BUDGETS,
        WRONG,
        lambda student: student.CNN(),
        lambda lesson, draw: enlarged(pictures(lesson, draw, 160)),
    )
