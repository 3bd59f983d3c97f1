"""Lessons of other graders become ours: what a course has is read, written as a lesson, and its tests translated."""
