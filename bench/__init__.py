"""bench: how fast the product is, as a ratio to a limit or a peer technique measured in the same run.
It may import every room; nothing imports it.
"""
