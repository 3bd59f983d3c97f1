"""What people say over what the checks found: points by hand, other due dates, times of handing in."""
