"""The share of hidden digits that the trained network of lesson `lstm` is right on.

    python -m tests.thresholds.lstm --draws 10

Each draw turns the digits in another way and deals the labels out anew; each training begins from weights of
the model's own. `low` is the worst of a row: for every right variant the cut of the last check has to lie
below `low` of one of its budgets at least.
"""

from __future__ import annotations

from tests.thresholds.digits import main, pictures

BUDGETS = ((12, 0.01), (30, 0.1), (60, 0.005), (100, 1.0))
WRONG = ("first_row_only", "softmax_before_the_loss", "zero_grad_missing", "labels_of_the_neighbour")

if __name__ == "__main__":
    main(
        "lstm",
        BUDGETS,
        WRONG,
        lambda student: student.RecurrentNeuralNetworkClass(name="rnn", xdim=8, hdim=32, ydim=10, n_layer=2),
        lambda lesson, draw: pictures(lesson, draw, 300),
    )
