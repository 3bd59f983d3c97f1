"""The probes: a few explicit verbs, each a promise about what a student's model or function does.

Every verb raises a `Finding` where the promise is broken and returns None where it holds. One file per
family holds how it is found out; the `verbs_of_*` files give each verb its place in a check
(`probes.reads_in_time_order(net, x)`) and say what it promises, its tolerance, its findings and its cost:
CPU on both sides of the wall for the reference of a lesson, measured on one core of the bench.
"""

from __future__ import annotations

from grader.judge.probes.verbs_of_formulas import OfFormulas
from grader.judge.probes.verbs_of_images import OfImages
from grader.judge.probes.verbs_of_letters import OfLetters
from grader.judge.probes.verbs_of_losses import OfLosses
from grader.judge.probes.verbs_of_models import OfModels
from grader.judge.probes.verbs_of_rnns import OfRnns
from grader.judge.probes.verbs_of_series import OfSeries
from grader.judge.probes.verbs_of_texts import OfTexts
from grader.judge.probes.verbs_of_training import OfTraining
from grader.judge.probes.verbs_of_translation import OfTranslation
from grader.judge.probes.verbs_of_words import OfWords


class Probes(
    OfFormulas,
    OfImages,
    OfLetters,
    OfLosses,
    OfModels,
    OfRnns,
    OfSeries,
    OfTexts,
    OfTraining,
    OfTranslation,
    OfWords,
):
    """The verbs of one check. `remarks` collects what is worth saying and costs nothing."""
