"""runtime: the engine that takes signals in, claims what is due, advances it, delivers and cleans up.
It asks journeys what to do and writes the answer in one transaction; it never knows the web.
"""
