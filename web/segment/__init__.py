"""The Segment protocol: `/v1/track` and its like, spoken by the published clients, outside of our own API.
Calls become contacts and events of the audience; whatever cannot be kept is told by its path, never dropped in silence.
"""
