"""connectors: one way out to each carrier, all of them behind one protocol and one test suite.
They know no database and no journey: a rendered message goes in, a receipt or a refusal comes out.
"""
