"""Drills: what goes wrong on a real server, done on purpose to a site that exists for nothing else."""
