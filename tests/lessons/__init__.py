"""The course's own lessons: proved, steady, and fair to work that is half done."""
