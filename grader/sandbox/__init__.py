"""The wall between what students wrote and everything else."""

from grader.sandbox.house import House
from grader.sandbox.launch import Level
from grader.sandbox.levels import Examined, choose, examine
from grader.sandbox.limits import Limits
from grader.sandbox.meter import Usage
from grader.sandbox.room import Ending, Room

__all__ = ["Ending", "Examined", "House", "Level", "Limits", "Room", "Usage", "choose", "examine"]
