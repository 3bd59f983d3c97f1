"""What people see of a grading: pages, terminal screens and tables, all pure functions of records and words."""
