"""Experiments: ideas measured before anybody promises them. Nothing in the product imports this."""
