"""A small shop: customers order products."""
