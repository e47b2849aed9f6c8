"""``cora doctor``: one module for each part of a server that is examined; ``command`` puts them together."""
