"""wecom: the way out to a company's WeCom, the reading of what WeCom tells us, and a fake WeCom to rehearse with.
What WeCom demands stands in facts.json, one row for each fact, and a test shows each.
"""
