"""Who lives and works in the demo; everybody is made up.

Mail goes to example.org. Phone numbers are from blocks that Traficom keeps free for fiction and tests
(Finnish 0457 1000 000 to 0457 1000 099 is none of them, so technicians get +1 555 01xx, which no country gives out).
"""
