"""insights: what became of what was done, read across journeys, audience and content.
It only counts and compares: nothing here changes what a journey does, except where a person asked it to choose.
"""
