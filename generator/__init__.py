"""What the five modules on top stand on: a room for each concern."""
