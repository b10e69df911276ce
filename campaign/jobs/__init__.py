"""Work that happens beside the requests."""
