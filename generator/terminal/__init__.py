"""What the person sees while a run is on, and how they decide.

screen.py prints, prompts.py asks, status.py watches a run, review.py decides on its draft,
outcome.py tells what came of it, listing.py shows and finds runs.
"""
