"""Verbs about classifiers of images: the share of right answers, what is read, sizes inside, learning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.judge.model import Model
from grader.judge.probes import first_state, grouped, images, inside, recognition, scoring, state
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle
from grader.judge.training import Trainer


class OfImages(Verbs):
    """Verbs whose subject is a network that says a class for each image, or a function around it."""

    def counts_right_answers(self, handle: Handle, *, shape: Sequence[int]) -> None:
        """`handle(model, images (N, *shape), labels (N,))` is the share of images that the model is right on.

        Tolerance: 1e-4. Findings: eval.accuracy_wrong, eval.on_training_data, eval.dropout_active,
        reply.malformed, call.failed. Cost: 15 ms. More in `scoring.counts_right_answers`.
        """
        scoring.counts_right_answers(handle, self._draw, shape=shape)

    def switches_to_evaluation(self, handle: Handle, *, shape: Sequence[int]) -> None:
        """While `handle` counts right answers the model is in evaluation mode; then as it was.

        Tolerance: none. Findings: eval.dropout_active, train.eval_mode, eval.accuracy_wrong. Cost: 10 ms.
        More in `scoring.switches_to_evaluation`.
        """
        scoring.switches_to_evaluation(handle, self._draw, shape=shape)

    def classifies_images(self, model: Model, x: torch.Tensor, *, classes: int) -> None:
        """`model(x (B, ...))` is (B, classes), finite, and another for other images.

        Tolerance: none. Findings: shape.batch_lost, those of `has_shape`, and where rows and images changed
        places axis.batch_time_swapped, axis.view_instead_of_transpose, batch.mixed. Cost: 10 ms, for a
        convolutional network 40 ms. More in `images.classifies_images`.
        """
        images.classifies_images(model, x, self._draw, classes=classes)

    def reads_whole_image(self, model: Model, x: torch.Tensor, *, strips: int) -> None:
        """Each row of scores depends on every row and every column of its own image, and on no other image.

        Tolerance and findings as `reads_every_step`, a strip of the image being a step. Cost: 40 ms, for a
        convolutional network 0.3 s. More in `images.reads_whole_image`.
        """
        images.reads_whole_image(model, x, self._draw, strips=strips)

    def has_sizes_inside(self, model: Model, x: torch.Tensor, plan: inside.Plan) -> None:
        """The convolutions inside, and what comes between them, have the sizes of the plan.

        Tolerance: none. Findings: cnn.filter_shared, cnn.sizes; the remark note.adapted where no convolution
        of torch was seen. Cost: 20 ms. More in `inside.has_sizes_inside`.
        """
        remark = inside.has_sizes_inside(model, x, self._draw, plan)
        if remark is not None:
            self.remarks.append(remark)

    def is_not_linear_inside(self, model: Model, x: torch.Tensor, plan: inside.Plan) -> None:
        """An activation and max pooling stand after each convolution.

        Tolerance: 1e-9 (float32: 1e-4), relative. Findings: cnn.avg_for_max, cnn.nonlinearity_missing. Cost:
        20 ms. More in `inside.is_not_linear_inside`.
        """
        inside.is_not_linear_inside(model, x, self._draw, plan)

    def recognises(self, train: Handle, model: Model, task: recognition.Pictures) -> None:
        """Trained by the student's function, the model is right on images whose labels never leave us.

        Tolerance: the share that the task asks for, in the best of its trainings. Findings: train.diverges,
        accuracy.low, shape.wrong. Cost: that of the trainings. More in `recognition.recognises`.
        """
        recognition.recognises(Trainer(train), model, self._draw, task)

    def scales_alike(
        self, train: Handle, accuracy: Handle, model: Model, x: torch.Tensor, labels: torch.Tensor
    ) -> None:
        """Images are scaled alike before the model sees them, in training and where answers are counted.

        Tolerance: 1e-3 of factor and shift. Findings: data.scaled_differently. Cost: that of one epoch. More
        in `recognition.scales_alike`.
        """
        recognition.scales_alike(Trainer(train), accuracy, model, self._draw, (x, labels))

    def learns_from_every_group(
        self, train: Handle, *args: Any, targets: int, classes: int, groups: int = 8
    ) -> None:
        """Other targets anywhere lead to other weights; a quarter of the examples may be left out.

        Tolerance: none, no influence is exactly 0. Findings: train.data_not_used. Cost: that of a training
        for each group. More in `grouped.learns_from_every_group`.
        """
        grouped.learns_from_every_group(
            Trainer(train), self._draw, args, targets=targets, classes=classes, groups=groups
        )

    def answers_by_hidden_state(self, model: Model, *inputs: torch.Tensor) -> None:
        """What enters the last Linear is the hidden state of the top layer, no cell state and no lower one.

        Tolerance: 1e-9 (float32 1e-4), each row in any order. Findings: state.cell_state_used,
        state.first_layer_used. Says nothing where no built-in recurrent module and Linear are seen. Cost:
        7 ms. More in `state.classifies_hidden_state`.
        """
        state.made_of_hidden_state(model, self._draw, inputs)

    def begins_with_zeros(self, model: Model, *inputs: torch.Tensor) -> None:
        """The first state that a built-in recurrent layer is given is zeros, or it is given none.

        Tolerance: none. Findings: state.not_zero. Says nothing of layers by hand, and of states that are
        learned. Cost: 10 ms. More in `first_state.begins_with_zeros`.
        """
        first_state.begins_with_zeros(model, self._draw, inputs)

    def hands_on_no_cell_state(self, model: Model, *inputs: torch.Tensor) -> None:
        """No Linear is given the cell state of a built-in recurrent layer in the place of its hidden state.

        Tolerance: 1e-9 (float32 1e-4), each row in any order. Findings: state.cell_state_used. Says nothing
        where no built-in recurrent module and Linear are seen. Cost: 7 ms. More in
        `state.hands_on_no_cell_state`.
        """
        state.hands_on_no_cell_state(model, self._draw, inputs)
