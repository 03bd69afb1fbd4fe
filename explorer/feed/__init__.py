"""What is new: papers by the day, what trends, what to read next, and the digest that tells of it."""
