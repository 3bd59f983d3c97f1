"""Lessons of other graders become ours: a course is read, its tests are translated, a lesson is written."""
