"""Verbs about series of numbers: scales, windows, what is known when, forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes import forecast, leakage, recency, scaling, series_windows, values
from grader.judge.probes.series import Form, in_either_form
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle
from grader.judge.training import Trainer


class OfSeries(Verbs):
    """Verbs whose subject cuts a series (rows, columns) into windows, or reads such windows.

    Functions are asked with arrays, and with tensors where they do not do well with arrays: right in one of
    the two is right. What they give back may be tensors, arrays or lists.
    """

    def scales_columns(self, handle: Handle) -> None:
        """`handle(data)` is (data - min) / (max - min + 1e-7) of each column.

        Tolerance: 1e-5 of the largest number. Findings: scale.missing, scale.not_per_column, scale.differs,
        output.nan (a column of one number), shape.*, dtype.wrong, reply.malformed, input.mutated. Cost: 5 ms.
        More in `scaling.minmax`.
        """
        in_either_form(lambda form: scaling.minmax(handle, self._draw, form))

    def cuts_series(self, handle: Handle) -> None:
        """`handle(series, seq_length)` gives each window and the last column of the row after it.

        Tolerance: 1e-5 of numbers that lie 1/34 apart. Findings: window.time_reversed,
        window.target_inside_window, window.target_too_late, window.wrong_column, window.target_wrong,
        window.order, window.count, window.differs, shape.*, dtype.wrong, output.nan, reply.malformed.
        Cost: 5 ms. More in `series_windows.cuts_series`.
        """
        in_either_form(lambda form: series_windows.cuts_series(handle, self._draw, form))

    def keeps_future_out(self, handle: Handle) -> None:
        """No training window of `handle(series, seq_length, train_ratio)` depends on a test row.

        Tolerance: 2e-5 of the range of a column (no influence is exactly 0). Findings:
        leak.scaler_sees_test, leak.windows_cross_split, leak.filter_reaches_future, leak.random_split,
        window.time_reversed, shape.*, dtype.wrong, output.nan, reply.malformed. Cost: that of 114 calls, 50
        ms. More in `leakage.keeps_future_out`.
        """
        in_either_form(lambda form: leakage.keeps_future_out(handle, self._draw, form))

    def prepares_every_window(self, handle: Handle) -> None:
        """`handle(series, seq_length, train_ratio)` gives every window of both parts, with its target.

        Tolerance: 1e-3 of the course of a window, in any scale. Findings: window.differs, window.count,
        window.order, window.target_inside_window, window.target_too_late, window.wrong_column,
        window.target_wrong, and those of shapes. Cost: 5 ms. More in `leakage.prepares_every_window`.
        """
        in_either_form(lambda form: leakage.prepares_every_window(handle, self._draw, form))

    def scales_by_training_rows(self, handle: Handle, *, separate: bool = False) -> None:
        """`handle(series, seq_length, train_ratio)` scales each column by one line, from the training rows.

        Tolerance: 1e-3 of the range. Findings: scale.missing, scale.not_per_column, scale.differs,
        scale.clipped, window.target_wrong, leak.test_scaled_by_itself, and those of shapes. With `separate`
        the test part may have lines of its own, which is a remark. Cost: 5 ms. More in
        `scaling.scales_by_training_rows`.
        """
        remarks: list[Finding] = []

        def judge(form: Form) -> None:
            found = scaling.scales_by_training_rows(handle, self._draw, form, separate=separate)
            remarks[:] = [found] if found is not None else []

        in_either_form(judge)
        self.remarks += remarks

    def reads_oldest_first(self, model: Model, *, features: int) -> None:
        """The last step counts for more than the first, as in what is read from the oldest to the newest.

        Tolerance: the first may count for up to 30 times as much (reversed LSTMs: 67 times and more, right
        models of one layer 12 at most). Finding: causal.reversed. Cost: 80 ms. More in
        `recency.reads_oldest_first`.
        """
        recency.reads_oldest_first(model, self._draw, features=features)

    def errors_fall(self, handle: Handle, *args: Any, inputs: int, targets: int) -> None:
        """Finite losses come back, and the mean squared error that we compute is lower after training.

        Tolerance: a fall by a twentieth, in the better of two trainings. Findings: reply.malformed,
        train.diverges, train.too_slow. Cost: that of the training. More in `values.errors_fall`.
        """
        values.errors_fall(Trainer(handle), self._draw, args, inputs=inputs, targets=targets)

    def beats_yesterday(
        self,
        handle: Handle,
        model: Model,
        *,
        budgets: Sequence[tuple[int, float]],
        columns: int = 3,
    ) -> None:
        """Trained by `handle(model, X, Y, iterations, learning_rate)`, the model forecasts a drawn season
        better than yesterday's number does.

        Tolerance: RMSE over that of yesterday's number, the best of the trainings in `budgets`; from 1.0 to
        1.5 it is a remark. Findings: baseline.not_beaten, train.diverges. Cost: that of the trainings. More
        in `forecast.beats_yesterday`.
        """
        remark = forecast.beats_yesterday(
            Trainer(handle), self._draw, model, budgets=budgets, columns=columns
        )
        if remark is not None:
            self.remarks.append(remark)
