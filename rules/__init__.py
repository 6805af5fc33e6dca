"""rules: the judgements everybody shares, namely conditions, the calendar and contact policy.
Pure: facts and `now` come in as arguments, an answer comes out, and nothing of ours is imported.
"""
