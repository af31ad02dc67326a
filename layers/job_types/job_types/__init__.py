"""The job types, one file each: what they take, what they give and how long they may take.

Every module here is part of the catalogue by being here. None imports what does the work.
"""
