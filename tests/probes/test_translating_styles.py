"""Right loops of every style keep their points, whichever probe of a training asks."""

from __future__ import annotations

import pytest

from tests.probes.translators import (
    CALL,
    COIN,
    LOOP,
    LOSS,
    NEXT,
    OPTIMISER,
    PICK,
    READ,
    Edit,
    edited,
    forced,
    found,
    moved,
    scored,
    through,
)

HEAD = "        self.out = nn.Linear(hidden_size, output_size)\n"

STYLES: dict[str, list[Edit]] = {
    "as it is": [],
    "coin per step": [
        (NEXT, NEXT.replace("if forced", "if random.random() < teacher_forcing_ratio")),
    ],
    # 18 of 60 are forced, which may happen to a fair coin; 36 of 120 may not, but are the same again.
    "coins of a generator of its own": [
        (OPTIMISER, "    coins = random.Random(2224)\n" + OPTIMISER),
        (COIN, "coins.random() < teacher_forcing_ratio"),
    ],
    "source backwards, without its end": [("for token in source:", "for token in source[:-1].flip(0):")],
    "stops where it says the end itself": [
        (NEXT, NEXT + "            if not forced and token.item() == EOS_token:\n                break\n"),
    ],
    "stops where it says the end itself and has to live with it, coin per step": [
        (
            NEXT,
            "            own = random.random() >= teacher_forcing_ratio\n"
            "            token = output.argmax(dim=1) if own else target[di]\n"
            "            if token.item() == EOS_token:\n                break\n",
        ),
    ],
    "mean of the sentence, cross-entropy of log-probabilities": [
        (LOSS, "loss = loss + F.cross_entropy(output, target[di], label_smoothing=0.1) / len(target)"),
    ],
    "cross-entropy of log-probabilities, a decoder that learns quickly": [
        (LOSS, "loss = loss + F.cross_entropy(output, target[di])"),
        (
            HEAD,
            "        wide = nn.Linear(hidden_size, 256)\n"
            "        self.out = nn.Sequential(wide, nn.ReLU(), nn.Linear(256, output_size))\n",
        ),
    ],
    "an adaptive softmax": [
        (
            HEAD,
            "        half = [output_size // 2]\n"
            "        self.out = nn.AdaptiveLogSoftmaxWithLoss(hidden_size, output_size, half)\n",
        ),
        ("F.log_softmax(self.out(x[0]), dim=1), hidden", "self.out.log_prob(x[0]), hidden"),
    ],
    "the logarithm of the probability": [(LOSS, "loss = loss - output.exp()[0, target[di]].log().sum()")],
    "two optimisers": [
        (
            "    optimizer = optim.Adam(parameters, lr=learning_rate)\n",
            "    ours = [optim.SGD(m.parameters(), learning_rate, 0.5) for m in (encoder, decoder)]\n",
        ),
        ("        optimizer.zero_grad()\n", "        [o.zero_grad() for o in ours]\n"),
        ("        optimizer.step()\n", "        [o.step() for o in ours]\n"),
    ],
    "a bridge between the two": [
        (READ, "        hidden = decoder.bridge(encode(encoder, source))\n"),
        (
            "        self.out = nn.Linear(hidden_size, output_size)\n",
            "        self.out = nn.Linear(hidden_size, output_size)\n"
            "        self.bridge = nn.Linear(hidden_size, hidden_size)\n",
        ),
    ],
    "forward by name, arguments by name": [
        (CALL, CALL.replace("decoder(token, hidden)", "decoder.forward(x=token, hidden=hidden)")),
    ],
    "a translation on the way": [
        (
            "        total += loss",
            "        evaluate(pairs, source_vocab, target_vocab, encoder, decoder, 4)\n        total += loss",
        ),
    ],
    "speaks on behind the target while nobody helps": [
        (LOOP, "for di in range(len(target) if forced else 9)"),
        (LOSS, "loss = loss + F.nll_loss(output, target[di]) if di < len(target) else loss"),
    ],
    "a loop of its own for each, losses in a list": [
        (
            CALL,
            "            break\n        losses, said = [], None\n"
            "        if forced:\n"
            "            for word, answer in zip([token, *target[:-1]], target):\n"
            "                said, hidden = decoder(word, hidden)\n"
            "                losses.append(F.nll_loss(said, answer))\n"
            "        else:\n"
            "            for answer in target:\n"
            "                said, hidden = decoder(token if said is None else said.argmax(1), hidden)\n"
            "                losses.append(0.5 * F.nll_loss(said, answer))\n"
            "        loss",
        ),
        (" = loss + F.nll_loss(output, target[di])", " = torch.stack(losses).mean()"),
        (NEXT, ""),
    ],
    "a deck of cards for a coin": [
        (
            OPTIMISER,
            OPTIMISER + "    deck = [n < teacher_forcing_ratio * n_iter for n in range(n_iter)]\n"
            "    random.shuffle(deck)\n",
        ),
        (COIN, "deck.pop()"),
    ],
    "rounds through all pairs, cut where the number is reached": [
        (
            PICK,
            "    rounds = [pair for _ in range(n_iter) for pair in random.sample(pairs, len(pairs))]\n"
            + PICK.replace("random.choice(pairs)", "rounds[i - 1]"),
        ),
    ],
    "whole rounds, as many as hold the number": [
        (
            PICK,
            PICK.replace(
                "for i in range(1, n_iter + 1):",
                "for i, pair in enumerate(pairs * -(-n_iter // len(pairs)), start=1):",
            ).replace("random.choice(pairs)", "pair"),
        ),
    ],
    "a sentence at a time in one call of the encoder": [
        (
            "    for token in source:\n        _, hidden = encoder(token, hidden)\n    return hidden",
            "    return encoder(source, hidden)[1]",
        ),
        (
            "        x = self.embedding(x).view(1, 1, -1)\n        x, hidden = self.gru(x, hidden)\n"
            "        return x, hidden",
            "        return self.gru(self.embedding(x).view(-1, 1, self.hidden_size), hidden)",
        ),
    ],
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_right_loops_of_every_style_pass(style: list[Edit]) -> None:
    source = edited(style)
    for ask in (through, scored, forced, moved):
        assert found(source, ask) is None, ask.__name__
