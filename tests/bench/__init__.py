"""`make bench`: how much a grading costs beyond the student's own cells, measured side by side."""
