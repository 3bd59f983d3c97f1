"""What may cross the wall: frames, values and messages. Imports nothing of ours."""
