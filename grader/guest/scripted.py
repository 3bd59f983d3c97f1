"""Things of the judge's own, for functions that are given a model whose answers we want to know, or that are
judged where the notebook's own models and vocabulary cannot be used."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional


class Classifier(nn.Linear):
    """(B, ...) -> (B, classes): a linear map of all numbers of a row, once they have mean 0 and deviation 1,
    so that it matters to no answer how images were scaled. In training mode the scores of each row move
    on by one class: an evaluation that forgets to switch counts other answers."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        rows = images.flatten(1)
        rows = (rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True).clamp(min=1e-6)
        scores = super().forward(rows)
        return scores.roll(1, dims=1) if self.training else scores


class NestedClassifier(nn.Module):
    """A `Classifier` in a module around it, as dropout and norm layers lie in a network: the scores of each
    row move on where either of the two is in training mode, which each of them may be by itself."""

    def __init__(self, numbers: int, classes: int) -> None:
        super().__init__()
        self.inside = Classifier(numbers, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.inside(images)
        return scores.roll(1, dims=1) if self.training and not self.inside.training else scores


class Words:
    """A vocabulary of the sentences that it is given: SOS is 0, EOS 1, each word has the next number."""

    def __init__(self, *sentences: str) -> None:
        self.vocab2index = {"<SOS>": 0, "<EOS>": 1}
        self.index2vocab = {0: "<SOS>", 1: "<EOS>"}
        self.n_vocab = 2
        for sentence in sentences:
            self.add_vocab(sentence)

    def add_vocab(self, sentence: str) -> None:
        for word in sentence.split(" "):
            if word not in self.vocab2index:
                self.index2vocab[self.n_vocab] = word
                self.vocab2index[word] = self.n_vocab
                self.n_vocab += 1


class SourceReader(nn.Module):
    """An encoder: one token and a state (1, 1, H) to the output (1, 1, H) and the new state.

    States that are pairs, as those of an LSTM, are taken too: the second half is handed on.
    """

    def __init__(self, words: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.table = nn.Embedding(words, hidden_size)
        self.cell = nn.GRU(hidden_size, hidden_size)

    def forward(self, x: torch.Tensor, hidden: Any) -> tuple[torch.Tensor, Any]:
        word = self.table(x.reshape(1, 1))
        if isinstance(hidden, tuple):
            output, state = self.cell(word, hidden[0])
            return output, (state, *hidden[1:])
        output, state = self.cell(word, hidden)
        return output, state


class TargetSpeaker(SourceReader):
    """A decoder: one token and a state to log-probabilities (1, words) and the new state."""

    def __init__(self, hidden_size: int, words: int) -> None:
        super().__init__(words, hidden_size)
        self.out = nn.Linear(hidden_size, words)

    def forward(self, x: torch.Tensor, hidden: Any) -> tuple[torch.Tensor, Any]:
        output, state = super().forward(x, hidden)
        return functional.log_softmax(self.out(output[0]), dim=1), state
