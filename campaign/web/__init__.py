"""The pages: parse the request, make one domain call, render."""
