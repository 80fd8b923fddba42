"""What an instructor runs: building the course from its solutions."""
