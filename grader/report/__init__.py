"""What people see of a grading: pages, screens and tables, all pure functions of records and words."""
