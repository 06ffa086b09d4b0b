"""The pages that tplc serve serves."""
